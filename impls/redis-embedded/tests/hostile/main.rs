//! Clients that mean no good: malformed and endless requests, and no reading.

mod corpus;
#[expect(dead_code, reason = "each target uses a part of it")]
mod session;
mod words;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use session::{array, commands, fill, send};
use words::WORDS;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Panics of any thread since the start: a task that panics takes only its connection with it.
fn panics() -> usize {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            COUNT.fetch_add(1, Ordering::SeqCst);
            before(info);
        }));
    });
    COUNT.load(Ordering::SeqCst)
}

/// A xorshift generator, so that a failure can be repeated from its seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end
    }

    fn pick(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }
}

/// A request of a command that exists, with arguments of which some make sense.
fn request(random: &mut Random, commands: &[String]) -> Vec<u8> {
    let name = &commands[random.below(commands.len())];
    let mut words: Vec<&str> = name.split('|').collect();
    for _ in 0..random.below(8) {
        words.push(random.pick(WORDS));
    }
    array(&words)
}

/// Damages a request, or makes one up.
fn mutate(random: &mut Random, mut bytes: Vec<u8>) -> Vec<u8> {
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len())),
        1 => {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        2 => {
            let at = random.below(bytes.len());
            bytes.insert(
                at,
                random
                    .pick(&["\r", "\n", "*", "$", "-", "9", "\0"])
                    .as_bytes()[0],
            );
        }
        3 => bytes = format!("*{}\r\n", random.pick(WORDS)).into_bytes(),
        4 => bytes = format!("*2\r\n${}\r\n", random.pick(WORDS)).into_bytes(),
        5 => {
            bytes = (0..random.below(200))
                .map(|_| random.below(256) as u8)
                .collect();
        }
        6 => {
            let (from, to) = (random.below(bytes.len()), random.below(bytes.len()));
            let part = bytes[from.min(to)..from.max(to)].to_vec();
            bytes.extend(part);
        }
        _ => {}
    }
    bytes
}

/// `ROUNDS` in the environment makes it longer, `SEED` another run.
fn from_environment(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn no_request_makes_it_panic() -> Outcome {
    let seed = from_environment("SEED", 1);
    let rounds = from_environment("ROUNDS", 3000);
    let server = Server::builder().frozen_clock().start().await?;
    let all = commands(&server);
    assert!(all.len() > 150, "{}", all.len());
    let before = panics();
    for round in 0..rounds {
        let mut random = Random((seed << 32 | round).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        if round % 16 == 0 {
            server.restart_empty();
            fill(&server);
        }
        let mut bytes = Vec::new();
        for _ in 0..1 + random.below(20) {
            let request = request(&mut random, &all);
            bytes.extend(mutate(&mut random, request));
        }
        tokio::time::timeout(Duration::from_secs(20), send(&server, &bytes))
            .await
            .map_err(|_| format!("SEED={seed} round {round} does not end"))??;
        assert_eq!(
            panics(),
            before,
            "SEED={seed} round {round}: {}",
            bytes.escape_ascii()
        );
    }
    assert_eq!(server.connections(), 0);
    Ok(())
}

async fn error_of(request: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    Ok(String::from_utf8_lossy(&send(&server, request).await?).into_owned())
}

#[tokio::test]
async fn sizes_beyond_the_limits_are_refused_by_name() -> Outcome {
    for (request, error) in [
        ("*1\r\n$536870913\r\n", "invalid bulk length"),
        ("*1\r\n$-2\r\n", "invalid bulk length"),
        ("*2147483648\r\n", "invalid multibulk length"),
        ("*99999999999999999999\r\n", "invalid multibulk length"),
        (
            &format!("*{}", "1".repeat(70_000)),
            "too big mbulk count string",
        ),
        (
            &format!("*1\r\n${}", "1".repeat(70_000)),
            "too big bulk count string",
        ),
        (&"x".repeat(70_000), "too big inline request"),
    ] {
        let reply = error_of(request.as_bytes()).await?;
        assert_eq!(reply, format!("-ERR Protocol error: {error}\r\n"));
    }
    Ok(())
}

#[tokio::test]
async fn a_client_that_sends_without_end_is_disconnected() -> Outcome {
    let server = Server::builder().input_limit(1 << 20).start().await?;
    let mut stream = server.connect_in_memory();
    stream
        .write_all(b"*2\r\n$4\r\nECHO\r\n$100000000\r\n")
        .await?;
    let chunk = vec![b'x'; 64 * 1024];
    let mut sent = 0;
    while stream.write_all(&chunk).await.is_ok() {
        sent += chunk.len();
        assert!(sent < 4 << 20, "it takes more than it may");
    }
    assert!(sent >= 1 << 20, "{sent}");
    Ok(())
}

#[tokio::test]
async fn a_client_that_waits_cannot_send_ahead_without_end() -> Outcome {
    let server = Server::start().await?;
    let mut stream = server.connect_in_memory();
    stream.write_all(b"BLPOP none 0\r\n").await?;
    let chunk = "PING\r\n".repeat(10_000);
    let mut sent = 0;
    let idle = async || {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    };
    loop {
        tokio::select! {
            biased;
            written = stream.write(chunk.as_bytes()) => sent += written?,
            () = idle() => break,
        }
        assert!(sent < 4 << 20, "it takes more than it may");
    }
    assert!(sent >= 1 << 20, "{sent}");
    Ok(())
}

#[tokio::test]
async fn a_client_that_does_not_read_is_disconnected() -> Outcome {
    let server = Server::builder().output_limit(1 << 20).start().await?;
    server.db(0).set("big", "x".repeat(100_000));
    let mut stream = server.connect_in_memory();
    let request = "GET big\r\n".repeat(1000);
    // The server closes somewhere in between, maybe while this is written.
    let _ = stream.write_all(request.as_bytes()).await;
    let gone = async {
        while server.connections() > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await?;
    Ok(())
}

#[tokio::test]
async fn a_slow_reader_gets_everything() -> Outcome {
    let server = Server::start().await?;
    server.db(0).set("big", "x".repeat(100_000));
    let mut stream = server.connect_in_memory();
    stream
        .write_all("GET big\r\n".repeat(100).as_bytes())
        .await?;
    stream.write_all(b"QUIT\r\n").await?;
    let mut length = 0;
    let mut piece = [0; 1000];
    loop {
        match stream.read(&mut piece).await? {
            0 => break,
            count => length += count,
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(length, 100 * (100_000 + 11) + 5);
    Ok(())
}

#[tokio::test]
async fn a_request_may_be_half_for_as_long_as_it_likes() -> Outcome {
    let server = Server::start().await?;
    let mut half: Vec<DuplexStream> = Vec::new();
    let request = b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n";
    for length in 0..request.len() {
        let mut stream = server.connect_in_memory();
        stream.write_all(&request[..length]).await?;
        half.push(stream);
    }
    assert_eq!(send(&server, b"DBSIZE\r\n").await?, b":0\r\n");
    for (length, stream) in half.iter_mut().enumerate() {
        stream.write_all(&request[length..]).await?;
        let mut reply = [0; 5];
        stream.read_exact(&mut reply).await?;
        assert_eq!(&reply, b"+OK\r\n");
    }
    Ok(())
}

#[tokio::test]
async fn more_connections_than_allowed_are_told_so() -> Outcome {
    let server = Server::start().await?;
    server.command(["CONFIG", "SET", "maxclients", "2"]);
    let _open = [server.connect_in_memory(), server.connect_in_memory()];
    let reply = send(&server, b"PING\r\n").await?;
    assert_eq!(reply, b"-ERR max number of clients reached\r\n");
    Ok(())
}

#[tokio::test]
async fn other_machines_cannot_reach_it_unless_they_are_to() -> Outcome {
    let everywhere = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    let builder = Server::builder().address(everywhere);
    let error = builder.clone().start().await.expect_err("not on loopback");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    assert!(
        builder
            .allow_remote()
            .start()
            .await?
            .addr()
            .ip()
            .is_unspecified()
    );
    assert!(Server::start().await?.addr().ip().is_loopback());
    Ok(())
}
