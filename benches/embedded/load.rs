//! Reads and writes of 100 bytes by the clients that Rust programs use, from one task and from 64.
//!
//! The clients have a runtime of one thread, as a `#[tokio::test]` has. The servers that they reach by TCP have a thread
//! or a process of their own; the in-memory connection is to a server on the client's thread, as tests have it, and is
//! compared with the real server by TCP, since that is what it stands in for.

use std::time::{Duration, Instant};

use redis_embedded::Server;
use tokio::runtime::{self, Runtime};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::fred::Fred;
use crate::options::Options;
use crate::redis_rs::RedisRs;
use crate::row::{Group, Row, Sample};
use crate::servers::{Contestant, Servers};
use crate::{Outcome, progress};

const KEYS: usize = 1024;
/// Tasks, and requests in a turn.
const SHAPES: [(usize, usize); 2] = [(1, 3_000), (64, 48_000)];
/// Turns in a round: short ones, so that both servers meet the same weather.
const TURNS: usize = 4;

#[derive(Clone, Copy)]
enum Operation {
    Set,
    Get,
}

/// A client of either server, and the server's processor time where it has threads of its own.
struct Side<'a, C> {
    client: C,
    server: Option<&'a Contestant>,
}

/// A group a client.
pub(crate) fn measure(servers: &Servers, options: &Options) -> Outcome<Vec<Group>> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (real, embedded) = (&servers.real, &servers.embedded);
    let by_redis_rs = |server: &Contestant| runtime.block_on(RedisRs::by_tcp(&server.url));
    let by_fred = |server: &Contestant| runtime.block_on(Fred::by_tcp(&server.url));
    let server = runtime.block_on(Server::start())?;
    let in_memory = Side {
        client: runtime.block_on(RedisRs::in_memory(&server))?,
        server: None,
    };
    let sides = [
        side(by_redis_rs(real)?, real),
        side(by_redis_rs(embedded)?, embedded),
    ];
    let mut groups = vec![group("redis-rs", &runtime, &sides, options)?];
    let sides = [
        side(by_fred(real)?, real),
        side(by_fred(embedded)?, embedded),
    ];
    groups.push(group("fred", &runtime, &sides, options)?);
    let sides = [side(by_redis_rs(real)?, real), in_memory];
    groups.push(group("redis-rs, in memory", &runtime, &sides, options)?);
    Ok(groups)
}

fn side<C>(client: C, server: &Contestant) -> Side<'_, C> {
    Side {
        client,
        server: Some(server),
    }
}

fn group<C: Client>(
    title: &str,
    runtime: &Runtime,
    sides: &[Side<'_, C>; 2],
    options: &Options,
) -> Outcome<Group> {
    progress(title);
    let mut rows = Vec::new();
    for (tasks, requests) in SHAPES {
        for (name, operation) in [("SET", Operation::Set), ("GET", Operation::Get)] {
            let plural = if tasks == 1 { "" } else { "s" };
            let mut row = Row::new(format!("{name}, {tasks} task{plural}"));
            let requests = requests / options.shorter;
            for round in 0..options.rounds * TURNS {
                let turn = |side| runtime.block_on(turn(side, operation, tasks, requests));
                row.rounds.push(if round.is_multiple_of(2) {
                    let real = turn(&sides[0])?;
                    [real, turn(&sides[1])?]
                } else {
                    let embedded = turn(&sides[1])?;
                    [turn(&sides[0])?, embedded]
                });
            }
            rows.push(row);
        }
    }
    Ok(Group {
        title: title.to_owned(),
        aim: 1.0,
        rows,
    })
}

async fn turn<C: Client>(
    side: &Side<'_, C>,
    operation: Operation,
    tasks: usize,
    requests: usize,
) -> Outcome<Sample> {
    let used = || side.server.map(|server| server.threads.used()).transpose();
    let before = used()?;
    let began = Instant::now();
    let mut running = JoinSet::new();
    for task in 0..tasks {
        running.spawn(work(side.client.clone(), operation, task, requests / tasks));
    }
    running.join_all().await;
    let took = began.elapsed();
    let after = used()?;
    let used: Option<Duration> = after.zip(before).map(|(after, before)| after - before);
    Ok(Sample::new(requests, took, used))
}

async fn work<C: Client>(mut client: C, operation: Operation, task: usize, requests: usize) {
    const VALUE: [u8; 100] = [b'v'; 100];
    for index in 0..requests {
        let key = format!("key:{}", (task * requests + index) % KEYS);
        match operation {
            Operation::Set => client.set(&key, &VALUE).await,
            Operation::Get => assert_eq!(client.get(&key).await, VALUE),
        }
    }
}
