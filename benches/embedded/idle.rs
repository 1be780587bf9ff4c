//! What a server costs that nobody talks to: its start, and its memory.

use std::fmt;
use std::fs;
use std::time::{Duration, Instant};

use redis_embedded::Server;
use tokio::runtime;

use crate::Outcome;

/// Figures of one idle server.
pub(crate) struct Idle {
    servers: usize,
    pub(crate) start: Duration,
    pub(crate) longest_start: Duration,
    pub(crate) own_thread_start: Duration,
    pub(crate) bytes: usize,
    pub(crate) own_thread_bytes: usize,
}

/// Starts so many servers in the runtime of a test, and then as many with a thread each.
pub(crate) fn measure(servers: usize) -> Outcome<Idle> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let start = || Ok(runtime.block_on(Server::start())?);
    // What a process needs once is no matter of a server.
    drop(start()?);
    let (starts, bytes) = started(servers, start)?;
    let (own_thread, own_thread_bytes) = started(servers, || {
        Ok(Server::builder().own_thread().start_on_own_thread()?)
    })?;
    Ok(Idle {
        servers,
        start: starts[servers / 2],
        longest_start: starts[servers - 1],
        own_thread_start: own_thread[servers / 2],
        bytes,
        own_thread_bytes,
    })
}

/// How long the starts took, in order, and the memory of each server while all are there.
fn started(servers: usize, start: impl Fn() -> Outcome<Server>) -> Outcome<(Vec<Duration>, usize)> {
    let mut took = Vec::with_capacity(servers);
    let mut running = Vec::with_capacity(servers);
    let before = resident()?;
    for _ in 0..servers {
        let began = Instant::now();
        running.push(start()?);
        took.push(began.elapsed());
    }
    let bytes = resident()?.saturating_sub(before) / servers;
    took.sort();
    Ok((took, bytes))
}

/// The memory of this process in bytes.
fn resident() -> Outcome<usize> {
    let statm = fs::read_to_string("/proc/self/statm")?;
    let pages = statm.split(' ').nth(1).ok_or("statm is short")?;
    Ok(pages.parse::<usize>()? * 4096)
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = |duration: Duration| duration.as_secs_f64() * 1e6;
        writeln!(
            f,
            "{} idle servers              start µs (median, longest)  memory KiB",
            self.servers
        )?;
        writeln!(
            f,
            "  in the test's runtime      {:>10.0} {:>10.0} {:>16.1}",
            micros(self.start),
            micros(self.longest_start),
            self.bytes as f64 / 1024.0
        )?;
        writeln!(
            f,
            "  each on its own thread     {:>10.0} {:>10} {:>16.1}",
            micros(self.own_thread_start),
            "",
            self.own_thread_bytes as f64 / 1024.0
        )
    }
}
