//! Any bytes at all, as a client sends them: the parser, and behind it the commands.
#![no_main]

#[path = "../../tests/hostile/session.rs"]
#[expect(dead_code, reason = "each target uses a part of it")]
mod session;
#[path = "../../tests/hostile/words.rs"]
mod words;

use libfuzzer_sys::fuzz_target;
use redis_embedded::Server;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static SERVER: (Runtime, Server) = {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = runtime.block_on(session::start());
        (runtime, server.expect("a server"))
    };
}

fuzz_target!(|bytes: &[u8]| {
    SERVER.with(|(runtime, server)| {
        session::prepare(server);
        let sent = runtime.block_on(session::send(server, bytes));
        sent.expect("a stream in memory");
        assert_eq!(server.connections(), 0);
    });
});
