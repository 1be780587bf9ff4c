//! What a server without replicas, and without a disk to end with, says of both.

use super::table::commands;
use super::{Cx, Error, Outcome, keys_of};

commands! {
    "failover" -1 [ADMIN NOSCRIPT STALE] (0, 0, 0) "" => failover;
    "migrate" -6 [WRITE MOVABLEKEYS] (3, 3, 1) "keyspace dangerous" => migrate;
    "psync" -3 [ADMIN NOSCRIPT NO_MULTI NO_ASYNC_LOADING] (0, 0, 0) "" => no_replicas;
    "replconf" -1 [ADMIN NOSCRIPT LOADING STALE ALLOW_BUSY] (0, 0, 0) "" => no_replicas;
    "replicaof" 3 [ADMIN NOSCRIPT STALE NO_ASYNC_LOADING] (0, 0, 0) "" => replicaof;
    "role" 1 [NOSCRIPT LOADING STALE FAST] (0, 0, 0) "dangerous admin" => role;
    "shutdown" -1 [ADMIN NOSCRIPT LOADING STALE NO_MULTI ALLOW_BUSY] (0, 0, 0) "" => shutdown;
    "slaveof" 3 [ADMIN NOSCRIPT STALE NO_ASYNC_LOADING] (0, 0, 0) "" => replicaof;
    "sync" 1 [ADMIN NOSCRIPT NO_MULTI NO_ASYNC_LOADING] (0, 0, 0) "" => no_replicas;
}

fn role(cx: &mut Cx<'_>) -> Outcome {
    cx.out.array(3);
    cx.out.text("master");
    cx.out.int(cx.state.replication_offset);
    cx.out.array(0);
    Ok(())
}

fn replicaof(cx: &mut Cx<'_>) -> Outcome {
    if cx.is(1, "no") && cx.is(2, "one") {
        cx.out.ok();
        return Ok(());
    }
    if !cx.int(2).is_ok_and(|port| (0..=65535).contains(&port)) {
        return Err(Error::new("ERR Invalid master port"));
    }
    Err(Error::new("ERR this server cannot be a replica"))
}

fn no_replicas(_: &mut Cx<'_>) -> Outcome {
    Err(Error::new("ERR this server has no replicas"))
}

fn failover(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() == 2 && cx.is(1, "abort") {
        return Err(Error::new("ERR No failover in progress."));
    }
    Err(Error::new("ERR FAILOVER requires connected replicas."))
}

/// MIGRATE reaches no other server.
fn migrate(cx: &mut Cx<'_>) -> Outcome {
    let keys = keys_of(cx.command, cx.args).unwrap_or_default();
    let found = keys.iter().any(|at| {
        let key = cx.args[*at];
        cx.db().contains(key)
    });
    if found {
        return Err(Error::new(
            "IOERR error or timeout connecting to the client",
        ));
    }
    cx.out.simple("NOKEY");
    Ok(())
}

/// The server belongs to its test, which alone ends it.
fn shutdown(cx: &mut Cx<'_>) -> Outcome {
    const WORDS: [&[u8]; 5] = [b"nosave", b"save", b"now", b"force", b"abort"];
    let known = |arg: &&[u8]| WORDS.iter().any(|word| arg.eq_ignore_ascii_case(word));
    if !cx.args[1..].iter().all(known) {
        return Err(Error::SYNTAX);
    }
    if cx.len() == 2 && cx.is(1, "abort") {
        return Err(Error::new("ERR No shutdown in progress."));
    }
    Err(Error::new(
        "ERR this server ends with the test that it belongs to",
    ))
}
