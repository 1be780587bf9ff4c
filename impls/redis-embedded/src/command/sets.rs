//! Sets.

use super::context::db;
use super::hashes::{empty_scan, random_count, random_places};
use super::keys::{scan_cursor, scan_options};
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::{Set, Value};
use crate::server::events::Events;

commands! {
    "sadd" -3 [WRITE DENYOOM FAST] (1, 1, 1) "set" => sadd;
    "srem" -3 [WRITE FAST] (1, 1, 1) "set" => srem;
    "smove" 4 [WRITE FAST] (1, 2, 1) "set" => smove;
    "sismember" 3 [READONLY FAST] (1, 1, 1) "set" => sismember;
    "smismember" -3 [READONLY FAST] (1, 1, 1) "set" => smismember;
    "scard" 2 [READONLY FAST] (1, 1, 1) "set" => scard;
    "spop" -2 [WRITE FAST] (1, 1, 1) "set" => spop;
    "srandmember" -2 [READONLY] (1, 1, 1) "set" => srandmember;
    "smembers" 2 [READONLY] (1, 1, 1) "set" => smembers;
    "sinter" -2 [READONLY] (1, -1, 1) "set" => sinter;
    "sunion" -2 [READONLY] (1, -1, 1) "set" => sinter;
    "sdiff" -2 [READONLY] (1, -1, 1) "set" => sinter;
    "sinterstore" -3 [WRITE DENYOOM SOURCES] (1, -1, 1) "set" => sinterstore;
    "sunionstore" -3 [WRITE DENYOOM SOURCES] (1, -1, 1) "set" => sinterstore;
    "sdiffstore" -3 [WRITE DENYOOM SOURCES] (1, -1, 1) "set" => sinterstore;
    "sintercard" -3 [READONLY MOVABLEKEYS] (0, 0, 0) "set" => sintercard;
    "sscan" -3 [READONLY] (1, 1, 1) "set" => sscan;
}

fn sadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let limit = cx.state.config.ints;
    let set = db!(cx).get_or_new::<Set>(key)?;
    let added = cx.args[2..]
        .iter()
        .filter(|member| set.add(member, limit))
        .count();
    if added > 0 {
        cx.changed(Events::SET, "sadd", key);
    }
    cx.out.count(added);
    Ok(())
}

fn srem(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let set = db!(cx).get_mut::<Set>(key)?;
    let removed = set.map_or(0, |set| {
        cx.args[2..]
            .iter()
            .filter(|member| set.remove(member))
            .count()
    });
    if removed > 0 {
        cx.changed(Events::SET, "srem", key);
        cx.reap(key);
    }
    cx.out.count(removed);
    Ok(())
}

fn smove(cx: &mut Cx<'_>) -> Outcome {
    let (from, to, member) = (cx.arg(1), cx.arg(2), cx.arg(3));
    let limit = cx.state.config.ints;
    let Some(set) = cx.db().get::<Set>(from)? else {
        cx.out.int(0);
        return Ok(());
    };
    let present = set.contains(member);
    cx.db().get::<Set>(to)?;
    if present && from != to {
        cx.db().get_or_new::<Set>(from)?.remove(member);
        cx.changed(Events::SET, "srem", from);
        cx.reap(from);
        if cx.db().get_or_new::<Set>(to)?.add(member, limit) {
            cx.changed(Events::SET, "sadd", to);
        }
    }
    cx.out.int(i64::from(present));
    Ok(())
}

fn sismember(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<Set>(cx.args[1])?;
    cx.out
        .int(i64::from(set.is_some_and(|set| set.contains(cx.args[2]))));
    Ok(())
}

fn smismember(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<Set>(cx.args[1])?;
    cx.out.array(cx.args.len() - 2);
    for member in &cx.args[2..] {
        cx.out
            .int(i64::from(set.is_some_and(|set| set.contains(member))));
    }
    Ok(())
}

fn scard(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<Set>(cx.args[1])?;
    cx.out.count(set.map_or(0, Set::len));
    Ok(())
}

fn spop(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    if cx.len() > 3 {
        return Err(Error::SYNTAX);
    }
    let count = if cx.len() == 3 {
        Some(cx.positive(2)?)
    } else {
        None
    };
    let length = cx.db().get::<Set>(key)?.map_or(0, Set::len);
    let places = random_places(cx, length, count.unwrap_or(1), false);
    let mut popped = Vec::new();
    if let Some(set) = cx.db().get_mut::<Set>(key)? {
        popped = places
            .into_iter()
            .filter_map(|place| set.at(place))
            .collect();
        popped.iter().for_each(|member| {
            set.remove(member);
        });
    }
    if !popped.is_empty() {
        cx.changed(Events::SET, "spop", key);
        cx.reap(key);
    }
    match count {
        Some(_) => reply_set(cx, &popped),
        None => cx.out.optional(popped.first().map(Vec::as_slice)),
    }
    Ok(())
}

fn reply_set(cx: &mut Cx<'_>, members: &[Vec<u8>]) {
    cx.out.set(members.len());
    members.iter().for_each(|member| cx.out.bulk(member));
}

fn srandmember(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    if cx.len() > 3 {
        return Err(Error::SYNTAX);
    }
    let (count, repeat) = if cx.len() == 3 {
        random_count(cx, 2, false)?
    } else {
        (1, false)
    };
    let length = cx.db().get::<Set>(key)?.map_or(0, Set::len);
    let places = random_places(cx, length, count, repeat);
    let set = db!(cx).get::<Set>(key)?;
    let found: Vec<Vec<u8>> = places
        .into_iter()
        .filter_map(|place| set.and_then(|set| set.at(place)))
        .collect();
    if cx.len() == 2 {
        cx.out.optional(found.first().map(Vec::as_slice));
    } else {
        cx.out.bulks(found);
    }
    Ok(())
}

/// How sets are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    Inter,
    Union,
    Diff,
}

impl How {
    fn of(command: &str) -> How {
        match &command[1..3] {
            "in" => How::Inter,
            "un" => How::Union,
            _ => How::Diff,
        }
    }
}

/// Combines the sets of keys, whose types are all checked first.
fn combine(cx: &mut Cx<'_>, keys: &[&[u8]], how: How) -> Result<Set, Error> {
    let limit = cx.state.config.ints;
    let mut sets = Vec::with_capacity(keys.len());
    for key in keys {
        sets.push(cx.db().get::<Set>(key)?.cloned().unwrap_or_default());
    }
    let mut result = Set::default();
    match how {
        How::Union => {
            for member in sets.iter().flat_map(Set::iter) {
                result.add(&member, limit);
            }
        }
        How::Inter | How::Diff => {
            let Some((first, others)) = sets.split_first() else {
                return Ok(result);
            };
            for member in first.iter() {
                let mut found = others.iter().map(|other| other.contains(&member));
                let keep = if how == How::Inter {
                    found.all(|found| found)
                } else {
                    !found.any(|found| found)
                };
                if keep {
                    result.add(&member, limit);
                }
            }
        }
    }
    Ok(result)
}

fn smembers(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<Set>(cx.args[1])?;
    cx.out.set(set.map_or(0, Set::len));
    set.into_iter()
        .flat_map(Set::iter)
        .for_each(|member| cx.out.bulk(&member));
    Ok(())
}

fn sinter(cx: &mut Cx<'_>) -> Outcome {
    let result = combine(cx, &cx.args[1..], How::of(cx.command.name))?;
    cx.out.set(result.len());
    result.iter().for_each(|member| cx.out.bulk(&member));
    Ok(())
}

fn sinterstore(cx: &mut Cx<'_>) -> Outcome {
    let target = cx.arg(1);
    let result = combine(cx, &cx.args[2..], How::of(cx.command.name))?;
    let length = result.len();
    if length > 0 {
        cx.db().set(target, Value::Set(result));
        cx.changed(Events::SET, cx.command.name, target);
    } else {
        cx.clear(target);
    }
    cx.out.count(length);
    Ok(())
}

/// Reads the keys and the LIMIT of SINTERCARD and ZINTERCARD.
pub(super) fn card_limit<'a>(cx: &Cx<'a>, keys: usize) -> Result<(&'a [&'a [u8]], usize), Error> {
    let mut limit = 0;
    let mut at = 2 + keys;
    while at < cx.len() {
        if !cx.is(at, "limit") || at + 1 >= cx.len() {
            return Err(Error::SYNTAX);
        }
        const NEGATIVE: Error = Error::new("ERR LIMIT can't be negative");
        let number = crate::db::number::integer(cx.arg(at + 1)).ok_or(NEGATIVE)?;
        limit = usize::try_from(number).map_err(|_| NEGATIVE)?;
        at += 2;
    }
    Ok((
        &cx.args[2..2 + keys],
        if limit == 0 { usize::MAX } else { limit },
    ))
}

fn sintercard(cx: &mut Cx<'_>) -> Outcome {
    let keys = cx.numkeys(1)?;
    if keys > cx.len() - 2 {
        return Err(Error::new(
            "ERR Number of keys can't be greater than number of args",
        ));
    }
    let (keys, limit) = card_limit(cx, keys)?;
    let result = combine(cx, keys, How::Inter)?;
    cx.out.count(result.len().min(limit));
    Ok(())
}

fn sscan(cx: &mut Cx<'_>) -> Outcome {
    scan_cursor(cx, 2)?;
    if db!(cx).get::<Set>(cx.args[1])?.is_none() {
        return empty_scan(cx);
    }
    let scan = scan_options(cx, 2)?;
    let later = cx.state.profile.is_later();
    let Some(set) = db!(cx).get::<Set>(cx.args[1])? else {
        return empty_scan(cx);
    };
    // Redis walks a set that is in one piece in one go, whatever the count.
    let (places, cursor) = match set {
        Set::Ints(ints) => (0..ints.len(), 0),
        Set::Members { compact: true, .. } if later => (0..set.len(), 0),
        Set::Members { .. } => scan.places(set.len()),
    };
    let found = places
        .filter_map(|place| set.at(place))
        .filter(|member| scan.wants(member));
    let found: Vec<Vec<u8>> = found.collect();
    cx.out.array(2);
    cx.out.text(&cursor.to_string());
    cx.out.bulks(found);
    Ok(())
}
