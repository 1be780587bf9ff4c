//! Bytes that no client means, to the parser and all commands.
//!
//! `cargo test` tries random ones for a while; `cargo bolero test requests` lets libFuzzer look for
//! those that matter, for as long as one likes.

use std::cell::RefCell;
use std::time::Duration;

use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Commands that would hold the run up rather than break the server.
const NOT: [&str; 5] = ["DEBUG", "CLIENT", "SHUTDOWN", "WAIT", "EVAL"];

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let server = runtime
        .block_on(Server::builder().frozen_clock().log(0).start())
        .expect("a server");
    for name in NOT {
        server.faults().on(name).error("ERR not here");
    }
    let (runtime, server) = (RefCell::new(runtime), server);
    bolero::check!().for_each(|bytes: &[u8]| {
        let replies = runtime.borrow_mut().block_on(send(&server, bytes));
        assert!(replies.is_some(), "it does not end");
        // A command that panics takes its connection out of the table, and leaves the task's panic
        // to the hook of the fuzzer; what it must not take is the server.
        assert_eq!(server.command(["PING"]), "PONG");
        server.flush();
    });
}

async fn send(server: &Server, bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut reader, mut writer) = tokio::io::split(server.connect_in_memory());
    let write = async {
        // The server may close before it has read everything.
        let _ = writer.write_all(bytes).await;
        let _ = writer.shutdown().await;
    };
    let mut replies = Vec::new();
    let both = async { tokio::join!(write, reader.read_to_end(&mut replies)) };
    tokio::time::timeout(Duration::from_secs(20), both).await.ok()?;
    Some(replies)
}
