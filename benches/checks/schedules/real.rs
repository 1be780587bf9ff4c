//! Mark 6, in a process of its own, since what a check runs is said by the environment.

use std::env;
use std::process::Command;

use crate::{Outcome, line, say};

/// Asks this program for the runs.
const ASKED: &str = "--runs-on-a-real-redis";
/// How many there are.
const RUNS: &str = "CONTRAIT_SCHEDULES";

/// Whether this process is to do the runs.
pub(crate) fn is_asked_for() -> bool {
    env::args().any(|argument| argument == ASKED)
}

/// Does the runs, each of four concurrent clients, some of whose calls are dropped.
pub(crate) fn run() -> Outcome<()> {
    #[cfg(feature = "redis-rs")]
    {
        let suite = contrait_redis_rs::backend::redis_rs::conformance();
        let record = suite.run("generated::linearizable");
        if record.outcome == contrait::report::Outcome::Failed {
            return Err(record.to_string().into());
        }
        line(format_args!("{}", record.server.unwrap_or_default()));
        Ok(())
    }
    #[cfg(not(feature = "redis-rs"))]
    Err("the feature `redis-rs` is off".into())
}

/// Has the runs done and prints the mark.
pub(super) fn measure() -> Outcome<()> {
    let runs = env::var(RUNS).unwrap_or_else(|_| "1000".to_owned());
    say(format_args!(
        "{runs} runs of concurrent clients on a real Redis"
    ));
    let done = Command::new(env::current_exe()?)
        .arg(ASKED)
        .env("CONTRAIT_SERVERS", "real")
        .env(RUNS, &runs)
        .output()?;
    if done.status.success() {
        let server = String::from_utf8_lossy(&done.stdout);
        line(format_args!(
            "mark 6: 0 false alarms in {runs} runs on {} (0) reached",
            server.trim()
        ));
    } else {
        say(format_args!("{}", String::from_utf8_lossy(&done.stderr)));
        line(format_args!(
            "mark 6: a failure in {runs} runs on a real Redis, told above (0) short"
        ));
    }
    Ok(())
}
