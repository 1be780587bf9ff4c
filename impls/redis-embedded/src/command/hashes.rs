//! Hashes.

use super::context::db;
use super::keys::{scan_cursor, scan_options};
use super::strings::float_sum;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Hash, LongDouble, number};
use crate::server::events::Events;

commands! {
    "hset" -4 [WRITE DENYOOM FAST] (1, 1, 1) "hash" => hset;
    "hmset" -4 [WRITE DENYOOM FAST] (1, 1, 1) "hash" => hset;
    "hsetnx" 4 [WRITE DENYOOM FAST] (1, 1, 1) "hash" => hsetnx;
    "hget" 3 [READONLY FAST] (1, 1, 1) "hash" => hget;
    "hmget" -3 [READONLY FAST] (1, 1, 1) "hash" => hmget;
    "hgetall" 2 [READONLY] (1, 1, 1) "hash" => hgetall;
    "hkeys" 2 [READONLY] (1, 1, 1) "hash" => hkeys;
    "hvals" 2 [READONLY] (1, 1, 1) "hash" => hkeys;
    "hlen" 2 [READONLY FAST] (1, 1, 1) "hash" => hlen;
    "hexists" 3 [READONLY FAST] (1, 1, 1) "hash" => hexists;
    "hstrlen" 3 [READONLY FAST] (1, 1, 1) "hash" => hstrlen;
    "hdel" -3 [WRITE FAST] (1, 1, 1) "hash" => hdel;
    "hincrby" 4 [WRITE DENYOOM FAST] (1, 1, 1) "hash" => hincrby;
    "hincrbyfloat" 4 [WRITE DENYOOM FAST] (1, 1, 1) "hash" => hincrbyfloat;
    "hrandfield" -2 [READONLY] (1, 1, 1) "hash" => hrandfield;
    "hscan" -3 [READONLY] (1, 1, 1) "hash" => hscan;
}

fn hset(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    if !cx.len().is_multiple_of(2) {
        return Err(cx.arity());
    }
    let limits = cx.state.config.hash;
    let hash = db!(cx).get_or_new::<Hash>(key)?;
    let pairs = cx.args[2..].chunks(2);
    let new = pairs
        .filter(|pair| hash.set(pair[0], pair[1].to_vec(), limits))
        .count();
    cx.changed(Events::HASH, "hset", key);
    if cx.command.name == "hset" {
        cx.out.count(new);
    } else {
        cx.out.ok();
    }
    Ok(())
}

fn hsetnx(cx: &mut Cx<'_>) -> Outcome {
    let (key, field) = (cx.arg(1), cx.arg(2));
    let limits = cx.state.config.hash;
    let hash = db!(cx).get_or_new::<Hash>(key)?;
    let missing = !hash.fields.contains_key(field);
    if missing {
        hash.set(field, cx.args[3].to_vec(), limits);
        cx.changed(Events::HASH, "hset", key);
    }
    cx.out.int(i64::from(missing));
    Ok(())
}

fn hget(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    let value = hash.and_then(|hash| hash.fields.get(cx.args[2]));
    cx.out.optional(value.map(Vec::as_slice));
    Ok(())
}

fn hmget(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    cx.out.array(cx.args.len() - 2);
    for field in &cx.args[2..] {
        let value = hash.and_then(|hash| hash.fields.get(*field));
        cx.out.optional(value.map(Vec::as_slice));
    }
    Ok(())
}

fn hgetall(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    cx.out.map(hash.map_or(0, |hash| hash.fields.len()));
    for (field, value) in hash.into_iter().flat_map(|hash| &hash.fields) {
        cx.out.bulk(field);
        cx.out.bulk(value);
    }
    Ok(())
}

fn hkeys(cx: &mut Cx<'_>) -> Outcome {
    let keys = cx.command.name == "hkeys";
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    cx.out.array(hash.map_or(0, |hash| hash.fields.len()));
    for (field, value) in hash.into_iter().flat_map(|hash| &hash.fields) {
        cx.out.bulk(if keys { field } else { value });
    }
    Ok(())
}

fn hlen(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    cx.out.count(hash.map_or(0, |hash| hash.fields.len()));
    Ok(())
}

fn hexists(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    let found = hash.is_some_and(|hash| hash.fields.contains_key(cx.args[2]));
    cx.out.int(i64::from(found));
    Ok(())
}

fn hstrlen(cx: &mut Cx<'_>) -> Outcome {
    let hash = db!(cx).get::<Hash>(cx.args[1])?;
    let value = hash.and_then(|hash| hash.fields.get(cx.args[2]));
    cx.out.count(value.map_or(0, Vec::len));
    Ok(())
}

fn hdel(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let hash = db!(cx).get_mut::<Hash>(key)?;
    let deleted = hash.map_or(0, |hash| {
        cx.args[2..]
            .iter()
            .filter(|field| hash.remove(field).is_some())
            .count()
    });
    if deleted > 0 {
        cx.changed(Events::HASH, "hdel", key);
        cx.reap(key);
    }
    cx.out.count(deleted);
    Ok(())
}

fn hincrby(cx: &mut Cx<'_>) -> Outcome {
    let (key, field) = (cx.arg(1), cx.arg(2));
    let by = cx.int(3)?;
    let old = match db!(cx)
        .get::<Hash>(key)?
        .and_then(|hash| hash.fields.get(field))
    {
        Some(old) => number::integer(old).ok_or(Error::new("ERR hash value is not an integer"))?,
        None => 0,
    };
    let new = old.checked_add(by);
    let new = new.ok_or(Error::new("ERR increment or decrement would overflow"))?;
    store(cx, key, field, new.to_string().into_bytes(), "hincrby")?;
    cx.out.int(new);
    Ok(())
}

fn hincrbyfloat(cx: &mut Cx<'_>) -> Outcome {
    const NOT_FLOAT: Error = Error::new("ERR hash value is not a float");
    let (key, field) = (cx.arg(1), cx.arg(2));
    let by = LongDouble::parse(cx.args[3]).ok_or(Error::NOT_FLOAT)?;
    if !by.is_finite() {
        return Err(Error::new("ERR value is NaN or Infinity"));
    }
    let old = db!(cx)
        .get::<Hash>(key)?
        .and_then(|hash| hash.fields.get(field));
    let sum = float_sum(old.map(Vec::as_slice), cx.args[3], NOT_FLOAT)?;
    store(cx, key, field, sum.clone().into_bytes(), "hincrbyfloat")?;
    cx.out.text(&sum);
    Ok(())
}

fn store(cx: &mut Cx<'_>, key: &[u8], field: &[u8], value: Vec<u8>, event: &str) -> Outcome {
    let limits = cx.state.config.hash;
    let hash = cx.db().get_or_new::<Hash>(key)?;
    hash.set_value(field, value, limits);
    cx.changed(Events::HASH, event, key);
    Ok(())
}

/// The count of a command that chooses at random, where a negative one may repeat itself.
pub(super) fn random_count(cx: &Cx<'_>, index: usize, pairs: bool) -> Result<(usize, bool), Error> {
    const RANGE: Error = Error::new("ERR value is out of range");
    let count = cx.int(index)?;
    if count == i64::MIN {
        return Err(Error::new(
            "ERR value is out of range, value must between -9223372036854775807 and \
             9223372036854775807",
        ));
    }
    if pairs && !(-(i64::MAX / 2)..=i64::MAX / 2).contains(&count) {
        return Err(RANGE);
    }
    let size = usize::try_from(count.unsigned_abs()).map_err(|_| RANGE)?;
    Ok((size, count < 0))
}

/// The places that a random choice takes, out of so many.
pub(super) fn random_places(
    cx: &mut Cx<'_>,
    length: usize,
    count: usize,
    repeat: bool,
) -> Vec<usize> {
    if length == 0 {
        return Vec::new();
    }
    if repeat {
        return (0..count).map(|_| cx.state.random.below(length)).collect();
    }
    if count >= length {
        return (0..length).collect();
    }
    cx.state.random.sample(length, count)
}

fn hrandfield(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let values = cx.len() == 4 && cx.is(3, "withvalues");
    if cx.len() == 2 {
        let length = db!(cx)
            .get::<Hash>(key)?
            .map_or(0, |hash| hash.fields.len());
        let place = cx.state.random.below(length);
        let field = db!(cx)
            .get::<Hash>(key)?
            .and_then(|hash| hash.fields.get_index(place));
        cx.out.optional(field.map(|(field, _)| field.as_slice()));
        return Ok(());
    }
    let (count, repeat) = random_count(cx, 2, values)?;
    if cx.len() > 4 || (cx.len() == 4 && !values) {
        return Err(Error::SYNTAX);
    }
    let length = db!(cx)
        .get::<Hash>(key)?
        .map_or(0, |hash| hash.fields.len());
    let places = random_places(cx, length, count, repeat);
    let nested = values && cx.out.resp3;
    cx.out.array(if values && !nested {
        places.len() * 2
    } else {
        places.len()
    });
    let Some(hash) = db!(cx).get::<Hash>(key)? else {
        return Ok(());
    };
    for (field, value) in places
        .into_iter()
        .filter_map(|place| hash.fields.get_index(place))
    {
        if nested {
            cx.out.array(2);
        }
        cx.out.bulk(field);
        if values {
            cx.out.bulk(value);
        }
    }
    Ok(())
}

fn hscan(cx: &mut Cx<'_>) -> Outcome {
    scan_cursor(cx, 2)?;
    if db!(cx).get::<Hash>(cx.args[1])?.is_none() {
        return empty_scan(cx);
    }
    let scan = scan_options(cx, 2)?;
    let Some(hash) = db!(cx).get::<Hash>(cx.args[1])? else {
        return empty_scan(cx);
    };
    let length = hash.fields.len();
    // Redis walks a compact hash in one go, whatever the count.
    let (places, cursor) = if hash.compact {
        (0..length, 0)
    } else {
        scan.places(length)
    };
    let found = places.filter_map(|place| hash.fields.get_index(place));
    let found: Vec<_> = found.filter(|(field, _)| scan.wants(field)).collect();
    cx.out.array(2);
    cx.out.text(&cursor.to_string());
    let no_values = scan.no_values;
    cx.out.array(if no_values {
        found.len()
    } else {
        found.len() * 2
    });
    for (field, value) in found {
        cx.out.bulk(field);
        if !no_values {
            cx.out.bulk(value);
        }
    }
    Ok(())
}

/// What scanning a key that is not there replies.
#[expect(clippy::unnecessary_wraps, reason = "it stands for a command's result")]
pub(super) fn empty_scan(cx: &mut Cx<'_>) -> Outcome {
    cx.out.array(2);
    cx.out.text("0");
    cx.out.array(0);
    Ok(())
}
