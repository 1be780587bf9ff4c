//! HyperLogLogs, which are kept in strings.

use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::hyperloglog::HyperLogLog;
use crate::db::{Form, Str, Value};
use crate::server::config::Events;

commands! {
    "pfadd" -2 [WRITE DENYOOM FAST] (1, 1, 1) "hyperloglog" => pfadd;
    "pfcount" -2 [READONLY] (1, -1, 1) "hyperloglog" => pfcount;
    "pfmerge" -2 [WRITE DENYOOM] (1, -1, 1) "hyperloglog" => pfmerge;
}

/// The HyperLogLog of a key, if it is there.
fn load(cx: &mut Cx<'_>, key: &[u8]) -> Result<Option<HyperLogLog>, Error> {
    let Some(value) = cx.db().get::<Str>(key)? else {
        return Ok(None);
    };
    let read = HyperLogLog::read(&value.bytes);
    read.map(Some).ok_or(Error::new(
        "WRONGTYPE Key is not a valid HyperLogLog string value.",
    ))
}

fn store(cx: &mut Cx<'_>, key: &[u8], value: &HyperLogLog) {
    let expires = cx.db().peek(key).and_then(|entry| entry.expires);
    cx.db().set(
        key,
        Value::Str(Str {
            bytes: value.write(),
            form: Form::Raw,
        }),
    );
    cx.db().set_expiry(key, expires);
    cx.changed(Events::STRING, "pfadd", key);
}

fn pfadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let old = load(cx, key)?;
    let is_new = old.is_none();
    let mut value = old.unwrap_or_default();
    let mut changed = is_new;
    for element in &cx.args[2..] {
        changed |= value.add(element);
    }
    if changed {
        store(cx, key, &value);
    }
    cx.out.int(i64::from(changed));
    Ok(())
}

fn pfcount(cx: &mut Cx<'_>) -> Outcome {
    let mut sum = HyperLogLog::default();
    for key in &cx.args[1..] {
        if let Some(value) = load(cx, key)? {
            sum.merge(&value);
        }
    }
    cx.out.int(i64::try_from(sum.count()).unwrap_or(i64::MAX));
    Ok(())
}

fn pfmerge(cx: &mut Cx<'_>) -> Outcome {
    let mut sum = HyperLogLog::default();
    for key in &cx.args[1..] {
        if let Some(value) = load(cx, key)? {
            sum.merge(&value);
        }
    }
    store(cx, cx.args[1], &sum);
    cx.out.ok();
    Ok(())
}
