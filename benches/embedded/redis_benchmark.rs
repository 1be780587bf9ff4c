//! redis-benchmark with its whole default list of tests, one connection or fifty, with and without pipelining.
//!
//! Each test is a call of its own, so that the servers take turns and the processor time of each is known. The calls
//! come in the order of the list and without a flush between them, as in a run of all: what LPOP and SPOP take, LPUSH and
//! SADD have put there.

use std::process::Command;
use std::time::Duration;

use crate::options::Options;
use crate::row::{Group, Row, Sample};
use crate::servers::{Contestant, Servers};
use crate::{Outcome, progress};

/// The tests, as `-t` names them.
const TESTS: [&str; 19] = [
    "ping_inline",
    "ping_mbulk",
    "set",
    "get",
    "incr",
    "lpush",
    "rpush",
    "lpop",
    "rpop",
    "sadd",
    "hset",
    "spop",
    "zadd",
    "zpopmin",
    "lrange_100",
    "lrange_300",
    "lrange_500",
    "lrange_600",
    "mset",
];

/// Connections, pipelined requests on each, and requests of a test.
const SHAPES: [(usize, usize, usize); 3] = [(1, 1, 8_000), (50, 1, 40_000), (50, 16, 300_000)];

/// A group a shape.
pub(crate) fn measure(servers: &Servers, options: &Options) -> Outcome<Vec<Group>> {
    let mut groups = Vec::new();
    for (connections, pipelined, requests) in SHAPES {
        let title = match pipelined {
            1 => format!("redis-benchmark -c {connections}"),
            _ => format!("redis-benchmark -c {connections} -P {pipelined}"),
        };
        progress(&title);
        let mut rows: Vec<Row> = TESTS.into_iter().map(Row::new).collect();
        for round in 0..options.rounds {
            servers.flush()?;
            for row in &mut rows {
                let requests = requests / options.shorter / weight(&row.name);
                let run =
                    |server: &Contestant| test(server, &row.name, connections, pipelined, requests);
                row.rounds.push(take_turns(servers, round, run)?);
            }
        }
        groups.push(Group {
            title,
            aim: 1.0,
            rows,
        });
    }
    servers.flush()?;
    Ok(groups)
}

/// Who is first changes from round to round.
pub(crate) fn take_turns(
    servers: &Servers,
    round: usize,
    mut run: impl FnMut(&Contestant) -> Outcome<Sample>,
) -> Outcome<[Sample; 2]> {
    if round.is_multiple_of(2) {
        let real = run(&servers.real)?;
        Ok([real, run(&servers.embedded)?])
    } else {
        let embedded = run(&servers.embedded)?;
        Ok([run(&servers.real)?, embedded])
    }
}

/// Requests whose replies are long need not be that many.
fn weight(test: &str) -> usize {
    match test.rsplit_once('_') {
        Some(("lrange", "100")) => 4,
        Some(("lrange", _)) => 10,
        _ => 1,
    }
}

fn test(
    server: &Contestant,
    name: &str,
    connections: usize,
    pipelined: usize,
    requests: usize,
) -> Outcome<Sample> {
    let before = server.threads.used()?;
    let output = Command::new("redis-benchmark")
        .args(["-p", server.port()?, "-t", name, "--csv"])
        .args(["-c", &connections.to_string()])
        .args(["-P", &pipelined.to_string()])
        .args(["-n", &requests.to_string()])
        .output()
        .map_err(|error| {
            format!("redis-benchmark does not start: {error} (apt-get install redis-tools)")
        })?;
    let used = server.threads.used()? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = rate(&text).ok_or_else(|| {
        let errors = String::from_utf8_lossy(&output.stderr);
        format!("redis-benchmark -t {name} has no result: {text}{errors}")
    })?;
    let took = Duration::from_secs_f64(requests as f64 / rate);
    Ok(Sample::new(requests, took, Some(used)))
}

/// The requests a second in the last line, which for LRANGE comes after that of its preparation.
fn rate(csv: &str) -> Option<f64> {
    let field = csv.lines().last()?.rsplit("\",\"").nth(6)?;
    field.trim_matches('"').parse().ok()
}
