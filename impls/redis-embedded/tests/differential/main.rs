//! The same random requests to this server and to real ones, reply by reply.
//!
//! `COMMANDS=1000000` says how many requests are sent, `SEED` where they start, and
//! `REDIS_EMBEDDED_PEERS` which server binaries they are compared with, separated by colons; by
//! default that is the `redis-server` on the path. A sequence that differs is shortened as long as
//! it differs, and printed. Without `COMMANDS` the test shows as ignored, so that a plain run means
//! the same on a machine with a server and on one without.
#![expect(
    clippy::print_stdout,
    reason = "a test without the usual harness prints for itself"
)]

mod arguments;
mod grammar;
mod patterns;
mod wire;

use std::net::TcpListener;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use arguments::Asked;
use grammar::{Dice, Pattern};
use patterns::{DECLARED, PATTERNS, PROBES, Sameness, sameness};
use wire::{Request, Value, Wire};

const LENGTH: usize = 40;
const SHOWN: usize = 20;

/// A server process, stopped when it is dropped.
struct Peer {
    child: Child,
    port: u16,
}

impl Peer {
    fn start(binary: &str) -> std::io::Result<Peer> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let port_text = port.to_string();
        let options = [
            "--port",
            &port_text,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ];
        let child = Command::new(binary)
            .args(options)
            .stdout(Stdio::null())
            .spawn()?;
        let peer = Peer { child, port };
        let until = Instant::now() + Duration::from_secs(20);
        while Wire::connect(port)
            .and_then(|mut wire| wire.run(&[request("ping")]))
            .is_err()
        {
            if Instant::now() > until {
                return Err(std::io::Error::other("the server does not answer"));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn request(text: &str) -> Request {
    text.split(' ')
        .map(|word| word.as_bytes().to_vec())
        .collect()
}

fn show(request: &Request) -> String {
    let words: Vec<String> = request
        .iter()
        .map(|arg| match arg.is_empty() || arg.contains(&b' ') {
            true => format!("'{}'", arg.escape_ascii()),
            false => arg.escape_ascii().to_string(),
        })
        .collect();
    words.join(" ")
}

/// Both servers, each with a connection.
struct Pair {
    ports: (u16, u16),
    wires: (Wire, Wire),
}

/// What differed: the place in the sequence, and both replies.
struct Difference {
    at: usize,
    ours: Value,
    theirs: Value,
}

impl Pair {
    fn connect(ports: (u16, u16)) -> std::io::Result<Pair> {
        Ok(Pair {
            ports,
            wires: (Wire::connect(ports.0)?, Wire::connect(ports.1)?),
        })
    }

    /// Sends a sequence to both from the same start, and tells where the replies differ first.
    fn run(&mut self, version: &str, sequence: &[Request]) -> std::io::Result<Option<Difference>> {
        let mut all = vec![
            request("reset"),
            request("flushall"),
            request(&format!("hello {version}")),
        ];
        let skipped = all.len();
        all.extend(sequence.iter().cloned());
        let (ours, theirs) = match self.exchange(&all) {
            Ok(both) => both,
            Err(error) => {
                *self = Pair::connect(self.ports)?;
                return Err(error);
            }
        };
        let mut queued: Option<Vec<String>> = None;
        for at in 0..sequence.len() {
            let (mine, other) = (&ours[skipped + at], &theirs[skipped + at]);
            let name = String::from_utf8_lossy(&sequence[at][0]).to_lowercase();
            if !same(&name, mine, other, queued.as_deref()) && !declared(&name, mine, other) {
                return Ok(Some(Difference {
                    at,
                    ours: mine.clone(),
                    theirs: other.clone(),
                }));
            }
            // What EXEC replies is compared as what was queued would be.
            match (name.as_str(), mine) {
                ("multi", Value::Line(b'+', _)) => queued = Some(Vec::new()),
                ("exec" | "discard" | "reset", _) => queued = None,
                (_, Value::Line(b'+', text)) if text == b"QUEUED" => {
                    queued.get_or_insert_default().push(name);
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn exchange(&mut self, all: &[Request]) -> std::io::Result<(Vec<Value>, Vec<Value>)> {
        Ok((self.wires.0.run(all)?, self.wires.1.run(all)?))
    }

    /// Leaves out of a sequence what is not needed for a difference at its end.
    fn shrink(&mut self, version: &str, mut sequence: Vec<Request>) -> Vec<Request> {
        let mut step = sequence.len() / 2;
        while step > 0 {
            let mut at = 0;
            while at + step <= sequence.len() {
                let mut shorter = sequence.clone();
                shorter.drain(at..at + step);
                match self.run(version, &shorter) {
                    Ok(Some(difference)) => {
                        shorter.truncate(difference.at + 1);
                        sequence = shorter;
                    }
                    _ => at += step,
                }
            }
            step /= 2;
        }
        sequence
    }
}

fn declared(name: &str, ours: &Value, theirs: &Value) -> bool {
    let (ours, theirs) = (ours.to_string(), theirs.to_string());
    DECLARED.iter().any(|(command, part, _)| {
        *command == name && (ours.contains(part) || theirs.contains(part))
    })
}

fn same(name: &str, ours: &Value, theirs: &Value, queued: Option<&[String]>) -> bool {
    if ours == theirs {
        return true;
    }
    if ours.is_error() || theirs.is_error() {
        return false;
    }
    if let (Value::Many(b'*', mine), Value::Many(b'*', other), Some(queued)) =
        (ours, theirs, queued)
        && name == "exec"
    {
        return mine.len() == other.len()
            && mine
                .iter()
                .zip(other)
                .zip(queued)
                .all(|((mine, other), name)| same(name, mine, other, None));
    }
    let sorted = |values: &[Value]| {
        let mut texts: Vec<String> = values.iter().map(Value::to_string).collect();
        texts.sort();
        texts
    };
    let pairs = |values: &[Value]| {
        let mut texts: Vec<String> = values.chunks(2).map(|pair| format!("{pair:?}")).collect();
        texts.sort();
        texts
    };
    let (mine, other) = (ours.items(), theirs.items());
    match sameness(name) {
        Sameness::Exact => false,
        Sameness::Unordered => sorted(mine) == sorted(other) && !mine.is_empty(),
        Sameness::UnorderedPairs => pairs(mine) == pairs(other) && !mine.is_empty(),
        Sameness::Scan => {
            mine.len() == 2
                && other.len() == 2
                && sorted(mine[1].items()) == sorted(other[1].items())
        }
        Sameness::ScanPairs => {
            mine.len() == 2 && other.len() == 2 && pairs(mine[1].items()) == pairs(other[1].items())
        }
        Sameness::Shape => {
            std::mem::discriminant(ours) == std::mem::discriminant(theirs)
                && mine.len() == other.len()
        }
        Sameness::Near(limit) => match (number(ours), number(theirs)) {
            (Some(mine), Some(other)) => mine > 0 && other > 0 && (mine - other).abs() <= limit,
            _ => false,
        },
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Line(b':', text) => String::from_utf8_lossy(text).parse().ok(),
        _ => None,
    }
}

/// What a comparison with one server counted.
#[derive(Default)]
struct Counts {
    commands: usize,
    differences: usize,
}

fn compare(binary: &str, commands: usize, seed: u64) -> Result<Counts, Box<dyn std::error::Error>> {
    let server = redis_embedded::Server::builder().start_on_own_thread()?;
    let peer = Peer::start(binary)?;
    let mut pair = Pair::connect((server.addr().port(), peer.port))?;
    let only = std::env::var("ONLY").unwrap_or_default();
    let chosen = PATTERNS
        .iter()
        .filter(|pattern| only.split(' ').any(|only| pattern.starts_with(only)));
    let patterns: Vec<Pattern> = chosen.map(|pattern| Pattern::parse(pattern)).collect();
    let mut counts = Counts::default();
    let mut seen = std::collections::BTreeSet::new();
    for round in 0.. {
        if counts.commands >= commands {
            break;
        }
        let mut dice = Dice::new(seed + round);
        let version = if dice.roll(3) == 0 { "3" } else { "2" };
        let mut sequence: Vec<Request> = (0..LENGTH)
            .map(|_| patterns[dice.roll(patterns.len())].request(&mut dice))
            .collect();
        sequence.extend(PROBES.iter().map(|probe| request(probe)));
        counts.commands += sequence.len();
        let found = match pair.run(version, &sequence) {
            Ok(None) => continue,
            Ok(Some(found)) => found,
            // A request that was spoilt may wait forever, on both sides: nothing was compared.
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                counts.commands -= sequence.len();
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
        let name = String::from_utf8_lossy(&sequence[found.at][0]).into_owned();
        if seen.len() < SHOWN && seen.insert(name) {
            report(&mut pair, version, sequence, seed + round);
        }
    }
    Ok(counts)
}

/// Prints a difference, as short as it can be had.
fn report(pair: &mut Pair, version: &str, sequence: Vec<Request>, seed: u64) {
    let shorter = pair.shrink(version, sequence);
    println!("seed {seed}, RESP{version}:");
    shorter
        .iter()
        .for_each(|request| println!("    {}", show(request)));
    if let Ok(Some(difference)) = pair.run(version, &shorter) {
        println!("  embedded: {:.400}", difference.ours.to_string());
        println!("  peer:     {:.400}", difference.theirs.to_string());
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

/// Compares with each server; one that is not there is a failure, since it was asked for.
fn compare_with_peers(commands: usize, seed: u64) -> ExitCode {
    let peers = std::env::var("REDIS_EMBEDDED_PEERS").unwrap_or_else(|_| "redis-server".into());
    let mut code = ExitCode::SUCCESS;
    for binary in peers.split(':') {
        match compare(binary, commands, seed) {
            Ok(counts) => {
                let declared = DECLARED.len();
                let Counts {
                    commands,
                    differences,
                } = counts;
                println!(
                    "{binary}: commands: {commands}, differences: {differences}, declared: {declared}"
                );
                if differences > 0 {
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
