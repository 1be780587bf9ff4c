//! Clients that mean no good: malformed and endless requests, no reading, many connections.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The memory of this process in bytes, where the system tells it.
fn resident() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

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

    fn pick<'a>(&mut self, words: &'a [&'a str]) -> &'a str {
        words[self.below(words.len())]
    }
}

/// Arguments that are numbers, options, keys of all types, patterns, or none of these.
const WORDS: &[&str] = &[
    "",
    "0",
    "1",
    "-1",
    "2",
    "10",
    "9223372036854775807",
    "-9223372036854775808",
    "1e300",
    "inf",
    "-inf",
    "nan",
    "0.5",
    "(1",
    "[a",
    "-",
    "+",
    "$",
    "*",
    ">",
    "=",
    "~",
    "text",
    "list",
    "set",
    "hash",
    "zset",
    "stream",
    "new",
    "{a}b",
    "EX",
    "PX",
    "NX",
    "XX",
    "GT",
    "LT",
    "GET",
    "KEEPTTL",
    "MATCH",
    "COUNT",
    "LIMIT",
    "WITHSCORES",
    "BYSCORE",
    "BYLEX",
    "REV",
    "LEFT",
    "RIGHT",
    "BEFORE",
    "STREAMS",
    "GROUP",
    "MAXLEN",
    "MKSTREAM",
    "BLOCK",
    "STORE",
    "WEIGHTS",
    "AGGREGATE",
    "MAX",
    "u8",
    "i64",
    "#1",
    "OVERFLOW",
    "FAIL",
    "INCRBY",
    "BYRADIUS",
    "FROMLONLAT",
    "km",
    "13.5",
    "return 1",
    "allkeys",
    "on",
    "off",
    "reset",
    "\u{e9}\r\n",
    "[[[[[[",
    "a*b?[c-",
    "1-1",
    "0-0",
];

fn array(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
    }
    bytes
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

/// Commands that would stop the run rather than the server: they hold everybody up, or end it.
fn may_run(name: &str) -> bool {
    const NOT: [&str; 6] = [
        "debug",
        "client|pause",
        "shutdown",
        "client|kill",
        "quit",
        "wait",
    ];
    !NOT.contains(&name)
}

fn commands(server: &Server) -> Vec<String> {
    let list = server.command(["COMMAND", "LIST"]);
    let names = list.as_list().unwrap_or_default().iter();
    let names = names.filter_map(|name| name.as_text().map(String::from));
    names.filter(|name| may_run(name)).collect()
}

fn fill(server: &Server) {
    server.command(["FLUSHALL"]);
    server.command(["CONFIG", "SET", "requirepass", ""]);
    server.command(["SET", "text", "some text"]);
    server.command(["RPUSH", "list", "a", "b", "c"]);
    server.command(["SADD", "set", "a", "b", "1"]);
    server.command(["HSET", "hash", "a", "1", "b", "2"]);
    server.command(["ZADD", "zset", "1", "a", "2", "b"]);
    server.command(["XADD", "stream", "1-1", "a", "1"]);
}

/// Sends bytes over a connection of its own, and reads what comes until it is closed.
async fn send(server: &Server, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let (mut reader, mut writer) = tokio::io::split(server.connect_in_memory());
    let write = async {
        // The server may close before it has read everything.
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut replies = Vec::new();
    let (_, read) = tokio::join!(write, reader.read_to_end(&mut replies));
    read.map(|_| replies)
}

/// `ROUNDS` in the environment makes it longer, `SEED` another run.
fn from_environment(name: &str, default: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[tokio::test]
async fn no_request_makes_it_panic_or_take_memory() -> Outcome {
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
    if let Some(resident) = resident() {
        assert!(resident < 1 << 30, "{resident} bytes");
    }
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
async fn what_a_client_says_it_will_send_takes_no_memory() -> Outcome {
    let server = Server::start().await?;
    let before = resident();
    let mut open = Vec::new();
    for _ in 0..200 {
        let mut stream = server.connect_in_memory();
        stream.write_all(b"*500000000\r\n$536870912\r\nabc").await?;
        open.push(stream);
    }
    while server.connections() < 200 {
        tokio::task::yield_now().await;
    }
    // One that has been answered after them tells that they have been read.
    assert_eq!(send(&server, b"PING\r\n").await?, b"+PONG\r\n");
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after.saturating_sub(before) < 200 << 20, "{before} {after}");
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
async fn a_client_that_does_not_read_is_disconnected() -> Outcome {
    let server = Server::builder().output_limit(1 << 20).start().await?;
    server.db(0).set("big", "x".repeat(100_000));
    let mut stream = server.connect_in_memory();
    let request = "GET big\r\n".repeat(1000);
    // The server closes somewhere in between, maybe while this is written.
    let _ = stream.write_all(request.as_bytes()).await;
    while server.connections() > 0 {
        tokio::task::yield_now().await;
    }
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
async fn ten_thousand_connections_come_and_go() -> Outcome {
    let server = Server::start().await?;
    let before = resident();
    for round in 0..100 {
        let mut streams = Vec::new();
        for _ in 0..100 {
            let mut stream = tokio::net::TcpStream::connect(server.addr()).await?;
            let request: &[u8] = match round % 3 {
                0 => b"PING\r\n",
                1 => b"*1\r\n$4\r\nPI",
                _ => b"SUBSCRIBE a\r\nWATCH b\r\nBLPOP c 0\r\n",
            };
            stream.write_all(request).await?;
            // Closed by a reset, so that this test leaves no thousands of ports in waiting.
            stream.set_zero_linger()?;
            streams.push(stream);
        }
        if round % 2 == 0 {
            for stream in streams.iter_mut().filter(|_| round % 3 == 0) {
                stream.read_exact(&mut [0; 7]).await?;
            }
        }
    }
    while server.connections() > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.command(["PUBSUB", "CHANNELS"]).to_string(), "[]");
    let info = server.command(["INFO", "clients"]).to_string();
    assert!(info.contains("blocked_clients:0"), "{info}");
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(after.saturating_sub(before) < 64 << 20, "{before} {after}");
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
