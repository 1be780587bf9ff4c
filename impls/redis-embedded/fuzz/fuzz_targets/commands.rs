//! Well-formed requests of commands that exist, chosen by the input: the dispatcher and the commands.
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
    static SERVER: (Runtime, Server, Vec<String>) = {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let server = runtime.block_on(session::start());
        let server = server.expect("a server");
        let commands = session::commands(&server);
        (runtime, server, commands)
    };
}

fuzz_target!(|bytes: &[u8]| {
    SERVER.with(|(runtime, server, commands)| {
        session::prepare(server);
        runtime.block_on(session::choose(server, commands, bytes));
        assert_eq!(server.connections(), 0);
    });
});
