//! HyperLogLog: PFADD, PFCOUNT, PFMERGE and what looks into one.

use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::hyperloglog::{self, HyperLogLog, Invalid};
use crate::db::{Form, Str};
use crate::server::events::Events;

commands! {
    "pfadd" -2 [WRITE DENYOOM FAST] (1, 1, 1) "hyperloglog" => pfadd;
    "pfcount" -2 [READONLY] (1, -1, 1) "hyperloglog" => pfcount;
    "pfmerge" -2 [WRITE DENYOOM SOURCES] (1, -1, 1) "hyperloglog" => pfmerge;
    "pfdebug" 3 [WRITE DENYOOM ADMIN] (2, 2, 1) "hyperloglog" => pfdebug;
    "pfselftest" 1 [ADMIN] (0, 0, 0) "hyperloglog" => pfselftest;
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Error {
        match invalid {
            Invalid::NotOne => Error::new("WRONGTYPE Key is not a valid HyperLogLog string value."),
            Invalid::Corrupted => Error::new("INVALIDOBJ Corrupted HLL object detected"),
        }
    }
}

/// The longest sparse form.
fn most(cx: &Cx<'_>) -> usize {
    let text = cx.state.config.get("hll-sparse-max-bytes");
    text.parse().unwrap_or(3000)
}

fn load(cx: &mut Cx<'_>, key: &[u8]) -> Result<Option<HyperLogLog>, Error> {
    let value = db!(cx).get::<Str>(key)?;
    let read = value.map(|value| HyperLogLog::read(&value.bytes));
    Ok(read.transpose()?)
}

/// Stores it in place of what the key holds, whose time to live stays.
fn store(cx: &mut Cx<'_>, key: &[u8], log: &HyperLogLog, stale: bool) -> Outcome {
    let most = most(cx);
    let value = db!(cx).get_or_new::<Str>(key)?;
    let flag = if stale { hyperloglog::STALE } else { 0 };
    let bytes = log.to_bytes(hyperloglog::head(&value.bytes) | flag, most);
    *value = Str {
        bytes,
        form: Form::Raw,
    };
    Ok(())
}

fn pfadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let known = load(cx, key)?;
    let is_new = known.is_none();
    let mut log = known.unwrap_or_else(HyperLogLog::empty);
    let mut grew = false;
    for element in &cx.args[2..] {
        grew |= log.add(element);
    }
    if grew || is_new {
        store(cx, key, &log, true)?;
        cx.changed(Events::STRING, "pfadd", key);
    }
    cx.out.int(i64::from(grew || is_new));
    Ok(())
}

fn pfcount(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 2 {
        let mut all = HyperLogLog::empty();
        for key in &cx.args[1..] {
            if let Some(log) = load(cx, key)? {
                all.merge(&log);
            }
        }
        cx.out.int(all.count().cast_signed());
        return Ok(());
    }
    let key = cx.arg(1);
    let Some(value) = db!(cx).get::<Str>(key)? else {
        cx.out.int(0);
        return Ok(());
    };
    HyperLogLog::check(&value.bytes)?;
    let known = hyperloglog::head(&value.bytes);
    if known & hyperloglog::STALE == 0 {
        cx.out.int(known.cast_signed());
        return Ok(());
    }
    let count = HyperLogLog::read(&value.bytes)?.count();
    // The estimate is kept in the string, which is a change to everybody who looks.
    if let Some(value) = db!(cx).get_mut::<Str>(key)?
        && let Some(head) = value.bytes.get_mut(8..16)
    {
        head.copy_from_slice(&count.to_le_bytes());
    }
    cx.state.touched(cx.client.db, key, Some(cx.client));
    cx.out.int(count.cast_signed());
    Ok(())
}

fn pfmerge(cx: &mut Cx<'_>) -> Outcome {
    let target = cx.arg(1);
    let mut all = HyperLogLog::empty();
    for key in &cx.args[1..] {
        if let Some(log) = load(cx, key)? {
            all.merge(&log);
        }
    }
    store(cx, target, &all, true)?;
    cx.changed(Events::STRING, "pfadd", target);
    cx.out.ok();
    Ok(())
}

fn pfdebug(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(2);
    let mut log = load(cx, key)?.ok_or(Error::new("ERR The specified key does not exist"))?;
    let becomes_dense = cx.is(1, "getreg") || cx.is(1, "todense");
    let converted = becomes_dense && !log.dense;
    if converted {
        log.dense = true;
        store(cx, key, &log, false)?;
        cx.state.stats.changes += 1;
    }
    match cx.arg(1).to_ascii_lowercase().as_slice() {
        b"getreg" => {
            cx.out.array(log.registers.len());
            log.registers
                .iter()
                .for_each(|value| cx.out.int(i64::from(*value)));
        }
        b"todense" => cx.out.int(i64::from(converted)),
        b"encoding" => cx.out.simple(if log.dense { "dense" } else { "sparse" }),
        b"decode" if log.dense => {
            return Err(Error::new("ERR HLL encoding is not sparse"));
        }
        b"decode" => decode(cx, key)?,
        _ => {
            let text: [&[u8]; 3] = [b"ERR Unknown PFDEBUG subcommand '", cx.arg(1), b"'"];
            return Err(text.concat().into());
        }
    }
    Ok(())
}

/// Writes the runs of the sparse form, as Redis abbreviates them.
fn decode(cx: &mut Cx<'_>, key: &[u8]) -> Outcome {
    let value = db!(cx).get::<Str>(key)?;
    let bytes = value
        .and_then(|value| value.bytes.get(16..))
        .unwrap_or_default();
    let runs = hyperloglog::runs(bytes).map(|(value, length)| match value {
        0 if length > 64 => format!("Z:{length}"),
        0 => format!("z:{length}"),
        value => format!("v:{value},{length}"),
    });
    let text = runs.collect::<Vec<_>>().join(" ");
    cx.out.text(&text);
    Ok(())
}

/// There is nothing in this server that a self-test could find.
fn pfselftest(cx: &mut Cx<'_>) -> Outcome {
    cx.out.ok();
    Ok(())
}
