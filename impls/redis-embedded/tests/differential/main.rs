//! The same random requests to this server and to real ones, reply by reply.
//!
//! `COMMANDS=1000000` says how many requests are sent, and `SEED` where they start. They are compared with the
//! `redis-server` on the path, and with Redis 8.2 and Valkey 9.1, which `servers.sh` fetches once;
//! `REDIS_EMBEDDED_PEERS` names other server binaries, separated by colons. A sequence that differs is shortened as
//! long as it differs, and printed; `STORE` names a file that it is added to. Those of `cases.txt`, which
//! once differed, are sent before all others. Without `COMMANDS` the test shows as ignored, so that a plain run means
//! the same on a machine with a server and on one without.
#![expect(
    clippy::print_stdout,
    reason = "a test without the usual harness prints for itself"
)]

mod arguments;
mod cases;
mod dice;
mod grammar;
mod pair;
mod peer;
mod probes;
mod sameness;
mod values;
mod wire;

use std::process::{Command, ExitCode, Stdio};

use arguments::Asked;
use dice::Dice;
use pair::{Difference, Pair};
use peer::Peer;
use probes::PROBES;
use wire::{Request, request, show};

const LENGTH: usize = 40;
const SHOWN: usize = 40;
/// How many sequences may go without an answer, each of which takes two seconds, before it is given up.
const MOST_WAITS: usize = 60;

/// What a comparison with one server counted.
#[derive(Default)]
struct Counts {
    commands: usize,
    differences: usize,
    declared: usize,
    /// Sequences that differed once, and did not when they were sent again.
    once: usize,
    /// Sequences that the real server did not survive, so that nothing was compared.
    ended: usize,
    /// Sequences that were waited for in vain.
    waited: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Counts {
            commands,
            differences,
            declared,
            once,
            ended,
            waited,
        } = self;
        write!(
            f,
            "commands: {commands}, differences: {differences}, declared: {declared}"
        )?;
        write!(
            f,
            " (once only: {once}, ended by itself: {ended}, not answered: {waited})"
        )
    }
}

fn compare(binary: &str, commands: usize, seed: u64) -> Result<Counts, Box<dyn std::error::Error>> {
    let mut peer = Peer::start(binary)?;
    let (kind, profile) = peer.kind()?;
    let builder = redis_embedded::Server::builder().profile(profile);
    let server = builder.start_on_own_thread()?;
    let mut pair = Pair::connect(kind, (server.addr().port(), peer.port))?;
    let patterns = grammar::patterns(kind, &std::env::var("ONLY").unwrap_or_default());
    let mut counts = Counts::default();
    let mut seen = std::collections::BTreeSet::new();
    for (number, case) in cases::all().into_iter().enumerate() {
        counts.commands += case.len();
        if pair.run("2", &case)?.is_some() && pair.run("2", &case)?.is_some() {
            counts.differences += 1;
            report(&mut pair, "2", case, number as u64, None)?;
        }
    }
    for round in 0.. {
        if counts.commands >= commands {
            break;
        }
        let mut dice = Dice::new(seed + round);
        let version = if dice.roll(3) == 0 { "3" } else { "2" };
        let mut sequence: Vec<Request> = Vec::new();
        while sequence.len() < LENGTH {
            sequence.extend(patterns[dice.roll(patterns.len())].requests(&mut dice));
        }
        sequence.extend(PROBES.iter().map(|probe| request(probe)));
        counts.commands += sequence.len();
        let found = match pair.run(version, &sequence) {
            Ok(None) => continue,
            // Times and random choice on a slow machine may make a difference that does not come again.
            Ok(Some(_)) => match pair.run(version, &sequence) {
                Ok(Some(found)) => found,
                _ => {
                    counts.once += 1;
                    continue;
                }
            },
            // A request that was spoilt may wait forever, on both sides: nothing was compared.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                counts.commands -= sequence.len();
                counts.waited += 1;
                println!("seed {}: {error}", seed + round);
                if counts.waited > MOST_WAITS {
                    return Err("too many sequences were not answered".into());
                }
                continue;
            }
            Err(error) if peer.has_ended() => {
                counts.commands -= sequence.len();
                counts.ended += 1;
                println!("seed {}: the real server ended: {error}", seed + round);
                peer = Peer::start(binary)?;
                pair = Pair::connect(kind, (server.addr().port(), peer.port))?;
                continue;
            }
            Err(error) => {
                counts.differences += 1;
                println!("seed {}: {error}", seed + round);
                continue;
            }
        };
        sequence.truncate(found.at + 1);
        counts.differences += 1;
        if seen.len() < SHOWN && seen.insert(pair::name(&sequence[found.at])) {
            report(&mut pair, version, sequence, seed + round, Some(found))?;
        }
    }
    counts.declared = pair.declared;
    Ok(counts)
}

/// Prints a difference, as short as it can be had.
fn report(
    pair: &mut Pair,
    version: &str,
    sequence: Vec<Request>,
    seed: u64,
    found: Option<Difference>,
) -> std::io::Result<()> {
    let shorter = pair.shrink(version, sequence);
    println!("seed {seed}, RESP{version}:");
    shorter
        .iter()
        .for_each(|request| println!("    {}", show(request)));
    let again = pair.run(version, &shorter).ok().flatten();
    // One that does not come again is shown as it came first.
    if let Some(difference) = again.or(found) {
        println!("  embedded: {:.400}", difference.ours.to_string());
        println!("  peer:     {:.400}", difference.theirs.to_string());
    }
    match std::env::var("STORE") {
        Ok(path) => cases::store(&path, &shorter),
        Err(_) => Ok(()),
    }
}

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
        match compare(binary, commands, seed) {
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
