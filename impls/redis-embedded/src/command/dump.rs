//! DUMP and RESTORE: values as bytes that another server takes.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::Entry;
use crate::rdb;
use crate::server::events::Events;

commands! {
    "dump" 2 [READONLY] (1, 1, 1) "keyspace" => dump;
    "restore" -4 [WRITE DENYOOM] (1, 1, 1) "keyspace dangerous" => restore;
    "restore-asking" -4 [WRITE DENYOOM ASKING] (1, 1, 1) "keyspace dangerous" => restore;
}

fn dump(cx: &mut Cx<'_>) -> Outcome {
    let version = cx.state.profile.rdb_version();
    let payload = db!(cx)
        .entry(cx.args[1])
        .map(|entry| rdb::dump(&entry.value, version));
    cx.out.optional(payload.as_deref());
    Ok(())
}

/// What RESTORE is told beside the value.
#[derive(Default)]
struct Options {
    replace: bool,
    absolute: bool,
    /// For how many seconds the key has not been used.
    idle: Option<i64>,
}

fn options(cx: &Cx<'_>) -> Result<Options, Error> {
    let mut options = Options::default();
    let (mut frequency, mut at) = (false, 4);
    while at < cx.len() {
        let has_value = at + 1 < cx.len();
        if cx.is(at, "replace") {
            options.replace = true;
        } else if cx.is(at, "absttl") {
            options.absolute = true;
        } else if cx.is(at, "idletime") && has_value && !frequency {
            let idle = cx.int(at + 1)?;
            if idle < 0 {
                return Err(Error::new("ERR Invalid IDLETIME value, must be >= 0"));
            }
            options.idle = Some(idle);
            at += 1;
        } else if cx.is(at, "freq") && has_value && options.idle.is_none() {
            if !(0..=255).contains(&cx.int(at + 1)?) {
                return Err(Error::new(
                    "ERR Invalid FREQ value, must be >= 0 and <= 255",
                ));
            }
            frequency = true;
            at += 1;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    Ok(options)
}

fn restore(cx: &mut Cx<'_>) -> Outcome {
    let options = options(cx)?;
    let key = cx.arg(1);
    if !options.replace && cx.db().contains(key) {
        return Err(Error::new("BUSYKEY Target key name already exists."));
    }
    let ttl = cx.int(2)?;
    if ttl < 0 {
        return Err(Error::new("ERR Invalid TTL value, must be >= 0"));
    }
    let version = cx.state.profile.rdb_version();
    let body = rdb::open(cx.args[3], version)
        .map_err(|_| Error::new("ERR DUMP payload version or checksum are wrong"))?;
    let value = rdb::load(body, &cx.state.config).map_err(|_| Error::new("ERR Bad data format"))?;
    let now = cx.now();
    let expires = match ttl {
        0 => None,
        at if options.absolute => Some(at),
        // What is too far away is over at once, as it is where the sum wraps around.
        ttl => Some(now.wrapping_add(ttl)),
    };
    if expires.is_some_and(|at| at <= now) {
        cx.clear(key);
    } else {
        let mut entry = Entry::new(value, now);
        entry.expires = expires;
        let change = db!(cx).put(key, entry);
        if let Some(entry) = db!(cx).entry(key) {
            entry.used = now.saturating_sub(options.idle.unwrap_or_default().saturating_mul(1000));
        }
        cx.changed(Events::GENERIC, "restore", key);
        cx.overwrote(cx.client.db, key, change);
    }
    cx.out.ok();
    Ok(())
}
