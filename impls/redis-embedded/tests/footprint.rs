//! What clients leave behind: no memory, no file descriptor, no task.
//!
//! These look at the whole process, so they are apart from other tests and one after the other.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::net::TcpStream;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs a test while no other one has a runtime, whose files it would count.
fn alone(test: impl Future<Output = Outcome>) -> Outcome {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(test)
}

/// What this process has, as far as the system tells it.
#[derive(Debug, Clone, Copy)]
struct Footprint {
    tasks: usize,
    files: Option<usize>,
    bytes: Option<usize>,
}

impl Footprint {
    fn now() -> Footprint {
        let statm = std::fs::read_to_string("/proc/self/statm").ok();
        let pages = statm.and_then(|statm| statm.split(' ').nth(1)?.parse::<usize>().ok());
        let files = std::fs::read_dir("/proc/self/fd").ok();
        Footprint {
            tasks: tokio::runtime::Handle::current()
                .metrics()
                .num_alive_tasks(),
            files: files.map(Iterator::count),
            bytes: pages.map(|pages| pages * 4096),
        }
    }

    /// How many bytes more than before there are.
    fn grown(self, before: Footprint) -> usize {
        let bytes = self.bytes.unwrap_or_default();
        bytes.saturating_sub(before.bytes.unwrap_or(bytes))
    }
}

/// Waits until the process has no more tasks than before.
async fn until_tasks_are(tasks: usize) -> Outcome {
    let gone = async {
        while Footprint::now().tasks > tasks {
            tokio::task::yield_now().await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(20), gone).await;
    ended.map_err(|_| format!("more than {tasks} tasks: {:?}", Footprint::now()).into())
}

/// A hundred connections in the middle of something, each closed by a reset, so that a test leaves no thousands of
/// ports in waiting.
async fn come_and_go(server: &Server, request: &[u8], reply: usize) -> Outcome {
    let mut streams = Vec::new();
    for _ in 0..100 {
        let mut stream = TcpStream::connect(server.addr()).await?;
        stream.set_zero_linger()?;
        stream.write_all(request).await?;
        streams.push(stream);
    }
    for stream in &mut streams {
        stream.read_exact(&mut vec![0; reply]).await?;
    }
    Ok(())
}

#[test]
fn ten_thousand_connections_leave_nothing_behind() -> Outcome {
    alone(async {
        let server = Server::start().await?;
        server.db(0).set("big", "x".repeat(10_000));
        let requests: [(&[u8], usize); 5] = [
            (b"PING\r\n", 7),
            (b"*1\r\n$4\r\nPI", 0),
            (b"SUBSCRIBE a\r\n", 26),
            (b"WATCH b\r\nMULTI\r\nSET b 1\r\nBLPOP c 0\r\n", 5),
            (b"BLPOP c 0\r\nGET big\r\n", 0),
        ];
        let tasks = Footprint::now().tasks;
        // What the process needs once is no matter of a connection.
        for (request, reply) in requests {
            come_and_go(&server, request, reply).await?;
        }
        until_tasks_are(tasks).await?;
        let before = Footprint::now();
        for round in 0..100 {
            let (request, reply) = requests[round % requests.len()];
            come_and_go(&server, request, reply).await?;
        }
        until_tasks_are(tasks).await?;
        let after = Footprint::now();
        assert_eq!(after.files, before.files);
        assert!(after.grown(before) < 8 << 20, "{before:?} {after:?}");
        assert_eq!(server.connections(), 0);
        assert_eq!(server.command(["PUBSUB", "CHANNELS"]).to_string(), "[]");
        let info = server.command(["INFO", "clients"]).to_string();
        assert!(info.contains("blocked_clients:0"), "{info}");
        Ok(())
    })
}

#[test]
fn a_hundred_servers_leave_nothing_behind() -> Outcome {
    alone(async {
        let tasks = Footprint::now().tasks;
        drop(Server::start().await?);
        until_tasks_are(tasks).await?;
        let before = Footprint::now();
        for _ in 0..100 {
            let server = Server::start().await?;
            let mut stream = TcpStream::connect(server.addr()).await?;
            stream.write_all(b"PING\r\n").await?;
            stream.read_exact(&mut [0; 7]).await?;
            server.stop().await;
        }
        until_tasks_are(tasks).await?;
        let after = Footprint::now();
        assert_eq!(after.files, before.files);
        assert!(after.grown(before) < 8 << 20, "{before:?} {after:?}");
        Ok(())
    })
}

#[test]
fn what_a_client_says_it_will_send_takes_no_memory() -> Outcome {
    alone(async {
        let server = Server::start().await?;
        let before = Footprint::now();
        let mut open: Vec<DuplexStream> = Vec::new();
        for _ in 0..200 {
            let mut stream = server.connect_in_memory();
            stream.write_all(b"*500000000\r\n$536870912\r\nabc").await?;
            open.push(stream);
        }
        // One that has been answered after them tells that they have been read.
        let mut last = server.connect_in_memory();
        last.write_all(b"PING\r\n").await?;
        last.read_exact(&mut [0; 7]).await?;
        let after = Footprint::now();
        assert!(after.grown(before) < 32 << 20, "{before:?} {after:?}");
        Ok(())
    })
}

/// Reads so many bytes of a connection and forgets them.
async fn skip(stream: &mut DuplexStream, mut bytes: usize) -> Outcome {
    let mut piece = vec![0; 64 * 1024];
    while bytes > 0 {
        let room = piece.len().min(bytes);
        bytes -= stream.read(&mut piece[..room]).await?;
    }
    Ok(())
}

#[test]
fn a_reader_that_is_always_a_little_behind_does_not_fill_the_memory() -> Outcome {
    alone(async {
        let server = Server::start().await?;
        let mut reader = server.connect_in_memory();
        reader.write_all(b"SUBSCRIBE a\r\n").await?;
        skip(&mut reader, 30).await?;
        let message = "x".repeat(1 << 20);
        let length = message.len() + 40;
        server.command(["PUBLISH", "a", &message]);
        let before = Footprint::now();
        for _ in 0..100 {
            server.command(["PUBLISH", "a", &message]);
            skip(&mut reader, length).await?;
        }
        let after = Footprint::now();
        assert!(after.grown(before) < 16 << 20, "{before:?} {after:?}");
        Ok(())
    })
}

#[test]
fn a_connection_keeps_no_memory_for_a_big_request_or_reply_of_the_past() -> Outcome {
    alone(async {
        let server = Server::start().await?;
        let mut stream = server.connect_in_memory();
        let before = Footprint::now();
        let length = 64 << 20;
        stream
            .write_all(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${length}\r\n").as_bytes())
            .await?;
        let piece = vec![b'x'; 1 << 20];
        for _ in 0..length / piece.len() {
            stream.write_all(&piece).await?;
        }
        stream.write_all(b"\r\nGET k\r\nDEL k\r\n").await?;
        skip(
            &mut stream,
            "+OK\r\n$67108864\r\n".len() + length + "\r\n:1\r\n".len(),
        )
        .await?;
        let after = Footprint::now();
        assert!(after.grown(before) < 8 << 20, "{before:?} {after:?}");
        Ok(())
    })
}
