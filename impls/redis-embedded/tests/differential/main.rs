//! The same random requests to this server and to real ones, reply by reply.
//!
//! `COMMANDS=1000000` says how many requests are sent, and `SEED` where they start. They are compared with the
//! `redis-server` on the path, and with Redis 8.2 and Valkey 9.1, which `servers.sh` fetches once;
//! `REDIS_EMBEDDED_PEERS` names other server binaries, separated by colons. A sequence that differs is shortened as long
//! as it differs, and printed; `STORE` names a file that it is added to. Those of `cases.txt`, which once differed, are
//! sent before all others. What a real server does not survive or does not answer is not sent (`quirks`), and counted; if
//! it ends all the same, both servers are started anew. Without `COMMANDS` the test shows as ignored, so that a plain run
//! means the same on a machine with a server and on one without.
#![expect(
    clippy::print_stdout,
    reason = "a test without the usual harness prints for itself"
)]

mod arguments;
mod cases;
mod comparison;
mod descriptions;
mod dice;
mod grammar;
mod listener;
mod pair;
mod peer;
mod probes;
mod quirks;
mod sameness;
mod soup;
mod values;
mod wire;

use std::process::{Command, ExitCode, Stdio};

use arguments::Asked;
use comparison::Comparison;

/// A number of the environment; `None` where it is not there.
fn number_of(name: &str) -> Result<Option<u64>, String> {
    match std::env::var(name) {
        Err(_) => Ok(None),
        Ok(text) => text
            .parse()
            .map(Some)
            .map_err(|error| format!("{name} is a number, not {text:?}: {error}")),
    }
}

fn main() -> ExitCode {
    let commands = number_of("COMMANDS");
    let ignored = commands == Ok(None);
    match Asked::parse(std::env::args().skip(1), ignored) {
        Asked::List(line) => {
            line.iter().for_each(|line| println!("{line}"));
            return ExitCode::SUCCESS;
        }
        Asked::Nothing => return ExitCode::SUCCESS,
        Asked::Run => {}
    }
    match commands.and_then(|commands| Ok((commands, number_of("SEED")?))) {
        Ok((None, _)) => {
            println!(
                "test replies_are_those_of_real_servers ... ignored, COMMANDS says how many requests to compare"
            );
            ExitCode::SUCCESS
        }
        Ok((Some(commands), seed)) => {
            let commands = usize::try_from(commands).unwrap_or(usize::MAX);
            compare_with_peers(commands, seed.unwrap_or(1))
        }
        Err(reason) => {
            println!("test replies_are_those_of_real_servers ... FAILED: {reason}");
            ExitCode::FAILURE
        }
    }
}

/// The servers to compare with: those that are named, or all that there is a profile for.
fn peers() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    if let Ok(named) = std::env::var("REDIS_EMBEDDED_PEERS") {
        return Ok(named.split(':').map(str::to_owned).collect());
    }
    let fetched = Command::new("bash")
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/differential/servers.sh"
        ))
        .arg(concat!(env!("CARGO_TARGET_TMPDIR"), "/servers"))
        .stderr(Stdio::inherit())
        .output()?;
    if !fetched.status.success() {
        return Err(
            "servers.sh could not fetch them; REDIS_EMBEDDED_PEERS=redis-server does without"
                .into(),
        );
    }
    let fetched = String::from_utf8(fetched.stdout)?;
    let found = fetched.lines().map(str::to_owned);
    Ok(std::iter::once("redis-server".to_owned())
        .chain(found)
        .collect())
}

/// Compares with each server; one that is not there is a failure, since it was asked for.
fn compare_with_peers(commands: usize, seed: u64) -> ExitCode {
    let peers = match peers() {
        Ok(peers) => peers,
        Err(error) => {
            println!("test replies_are_those_of_real_servers ... FAILED: {error}");
            return ExitCode::FAILURE;
        }
    };
    let mut code = ExitCode::SUCCESS;
    for binary in &peers {
        match Comparison::start(binary).and_then(|comparison| comparison.run(commands, seed)) {
            Ok(counts) => {
                println!("{binary}: {counts}");
                if counts.differences > 0 {
                    code = ExitCode::FAILURE;
                }
            }
            Err(error) => {
                println!("{binary}: cannot be compared with: {error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}
