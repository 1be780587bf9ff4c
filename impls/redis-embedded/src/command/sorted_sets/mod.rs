//! Sorted sets.

mod algebra;
mod pop;
mod range;

use super::context::db;
use super::hashes::{empty_scan, random_count, random_places};
use super::keys::{scan_cursor, scan_options};
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::number::{format_double, shortest_double, whole};
use crate::db::{Key, SortedSet};
use crate::server::events::Events;

commands! {
    "zadd" -4 [WRITE DENYOOM FAST] (1, 1, 1) "sortedset" => zadd;
    "zincrby" 4 [WRITE DENYOOM FAST] (1, 1, 1) "sortedset" => zincrby;
    "zrem" -3 [WRITE FAST] (1, 1, 1) "sortedset" => zrem;
    "zcard" 2 [READONLY FAST] (1, 1, 1) "sortedset" => zcard;
    "zscore" 3 [READONLY FAST] (1, 1, 1) "sortedset" => zscore;
    "zmscore" -3 [READONLY FAST] (1, 1, 1) "sortedset" => zmscore;
    "zrank" 3 [READONLY FAST] (1, 1, 1) "sortedset" => zrank;
    "zrevrank" 3 [READONLY FAST] (1, 1, 1) "sortedset" => zrank;
    "zrandmember" -2 [READONLY] (1, 1, 1) "sortedset" => zrandmember;
    "zscan" -3 [READONLY] (1, 1, 1) "sortedset" => zscan;
    "zpopmin" -2 [WRITE FAST] (1, 1, 1) "sortedset" => pop::zpop;
    "zpopmax" -2 [WRITE FAST] (1, 1, 1) "sortedset" => pop::zpop;
    "bzpopmin" -3 [WRITE NOSCRIPT BLOCKING FAST] (1, -2, 1) "sortedset" => pop::bzpop;
    "bzpopmax" -3 [WRITE NOSCRIPT BLOCKING FAST] (1, -2, 1) "sortedset" => pop::bzpop;
    "zmpop" -4 [WRITE MOVABLEKEYS] (0, 0, 0) "sortedset" => pop::zmpop;
    "bzmpop" -5 [WRITE BLOCKING MOVABLEKEYS] (0, 0, 0) "sortedset" => pop::zmpop;
    "zrange" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrevrange" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrangebyscore" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrevrangebyscore" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrangebylex" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrevrangebylex" -4 [READONLY] (1, 1, 1) "sortedset" => range::zrange;
    "zrangestore" -5 [WRITE DENYOOM SOURCES] (1, 2, 1) "sortedset" => range::zrangestore;
    "zcount" 4 [READONLY FAST] (1, 1, 1) "sortedset" => range::zcount;
    "zlexcount" 4 [READONLY FAST] (1, 1, 1) "sortedset" => range::zcount;
    "zremrangebyrank" 4 [WRITE] (1, 1, 1) "sortedset" => range::zremrange;
    "zremrangebyscore" 4 [WRITE] (1, 1, 1) "sortedset" => range::zremrange;
    "zremrangebylex" 4 [WRITE] (1, 1, 1) "sortedset" => range::zremrange;
    "zunion" -3 [READONLY MOVABLEKEYS] (0, 0, 0) "sortedset" => algebra::zunion;
    "zinter" -3 [READONLY MOVABLEKEYS] (0, 0, 0) "sortedset" => algebra::zunion;
    "zdiff" -3 [READONLY MOVABLEKEYS] (0, 0, 0) "sortedset" => algebra::zunion;
    "zunionstore" -4 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "sortedset" => algebra::zunionstore;
    "zinterstore" -4 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "sortedset" => algebra::zunionstore;
    "zdiffstore" -4 [WRITE DENYOOM MOVABLEKEYS SOURCES] (1, 1, 1) "sortedset" => algebra::zunionstore;
    "zintercard" -3 [READONLY MOVABLEKEYS] (0, 0, 0) "sortedset" => algebra::zintercard;
}

/// Elements with scores; RESP3 nests them in pairs, unless they are flat there too.
fn reply_scored(cx: &mut Cx<'_>, items: &[(Key, f64)], scores: bool) {
    let nested = scores && cx.out.resp3;
    cx.out.array(if scores && !nested {
        items.len() * 2
    } else {
        items.len()
    });
    for (member, score) in items {
        if nested {
            cx.out.array(2);
        }
        cx.out.bulk(member);
        if scores {
            cx.out.double(*score);
        }
    }
}

/// The options of ZADD.
#[derive(Debug, Default, Clone, Copy)]
struct Options {
    only_new: bool,
    only_old: bool,
    greater: bool,
    less: bool,
    changed: bool,
    increment: bool,
}

/// Reads the options, and returns where the pairs begin.
fn options(cx: &Cx<'_>) -> Result<(Options, usize), Error> {
    let mut options = Options::default();
    let mut at = 2;
    while at < cx.len() {
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"nx" => options.only_new = true,
            b"xx" => options.only_old = true,
            b"gt" => options.greater = true,
            b"lt" => options.less = true,
            b"ch" => options.changed = true,
            b"incr" => options.increment = true,
            _ => break,
        }
        at += 1;
    }
    let rest = cx.len() - at;
    if rest == 0 || !rest.is_multiple_of(2) {
        return Err(Error::SYNTAX);
    }
    if options.only_new && options.only_old {
        return Err(Error::new(
            "ERR XX and NX options at the same time are not compatible",
        ));
    }
    if (options.greater && (options.less || options.only_new)) || (options.less && options.only_new)
    {
        return Err(Error::new(
            "ERR GT, LT, and/or NX options at the same time are not compatible",
        ));
    }
    if options.increment && rest > 2 {
        return Err(Error::new(
            "ERR INCR option supports a single increment-element pair",
        ));
    }
    Ok((options, at))
}

/// What an element's addition did.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Added {
    New(f64),
    Updated(f64),
    Same(f64),
    Not,
}

fn add_one(
    set: &mut SortedSet,
    member: &[u8],
    score: f64,
    options: Options,
    limits: (usize, usize),
) -> Result<Added, Error> {
    let Some(old) = set.score(member) else {
        if options.only_old {
            return Ok(Added::Not);
        }
        set.insert(member, score, limits);
        return Ok(Added::New(score));
    };
    if options.only_new {
        return Ok(Added::Not);
    }
    let score = if options.increment {
        old + score
    } else {
        score
    };
    if score.is_nan() {
        return Err(Error::new("ERR resulting score is not a number (NaN)"));
    }
    if (options.less && score >= old) || (options.greater && score <= old) {
        return Ok(Added::Not);
    }
    if score == old {
        return Ok(Added::Same(score));
    }
    set.insert(member, score, limits);
    Ok(Added::Updated(score))
}

fn add(cx: &mut Cx<'_>, options: Options, first: usize) -> Outcome {
    let key = cx.arg(1);
    let pairs: Vec<(f64, &[u8])> = (first..cx.len())
        .step_by(2)
        .map(|at| Ok((cx.float(at)?, cx.arg(at + 1))))
        .collect::<Result<_, Error>>()?;
    let limits = cx.state.config.sorted_set;
    if cx.db().get::<SortedSet>(key)?.is_none() && options.only_old {
        match options.increment {
            true => cx.out.null(),
            false => cx.out.int(0),
        }
        return Ok(());
    }
    let set = cx.db().get_or_new::<SortedSet>(key)?;
    let (mut added, mut updated, mut last, mut failed) = (0, 0, Added::Not, None);
    for (score, member) in pairs {
        match add_one(set, member, score, options, limits) {
            Ok(result) => last = result,
            Err(error) => failed = Some(error),
        }
        added += i64::from(matches!(last, Added::New(_)));
        updated += i64::from(matches!(last, Added::Updated(_)));
    }
    if added + updated > 0 {
        cx.changed(
            Events::SORTED_SET,
            if options.increment { "zincr" } else { "zadd" },
            key,
        );
    }
    if let Some(error) = failed {
        return Err(error);
    }
    match (options.increment, last) {
        (true, Added::Not) => cx.out.null(),
        (true, Added::New(score) | Added::Updated(score) | Added::Same(score)) => {
            cx.out.double(score);
        }
        (false, _) => cx.out.int(if options.changed {
            added + updated
        } else {
            added
        }),
    }
    Ok(())
}

fn zadd(cx: &mut Cx<'_>) -> Outcome {
    let (options, first) = options(cx)?;
    add(cx, options, first)
}

fn zincrby(cx: &mut Cx<'_>) -> Outcome {
    let (mut options, first) = options(cx)?;
    options.increment = true;
    if cx.len() - first > 2 {
        return Err(Error::SYNTAX);
    }
    add(cx, options, first)
}

fn zrem(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let set = db!(cx).get_mut::<SortedSet>(key)?;
    let removed = set.map_or(0, |set| {
        cx.args[2..]
            .iter()
            .filter(|member| set.remove(member).is_some())
            .count()
    });
    if removed > 0 {
        cx.changed(Events::SORTED_SET, "zrem", key);
        cx.reap(key);
    }
    cx.out.count(removed);
    Ok(())
}

fn zcard(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    cx.out.count(set.map_or(0, SortedSet::len));
    Ok(())
}

fn zscore(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    match set.and_then(|set| set.score(cx.args[2])) {
        Some(score) => cx.out.double(score),
        None => cx.out.null(),
    }
    Ok(())
}

fn zmscore(cx: &mut Cx<'_>) -> Outcome {
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    cx.out.array(cx.args.len() - 2);
    for member in &cx.args[2..] {
        match set.and_then(|set| set.score(member)) {
            Some(score) => cx.out.double(score),
            None => cx.out.null(),
        }
    }
    Ok(())
}

fn zrank(cx: &mut Cx<'_>) -> Outcome {
    let reverse = cx.command.name == "zrevrank";
    let with_score = cx.len() > 3;
    if cx.len() > 4 {
        return Err(cx.arity());
    }
    if with_score && !cx.is(3, "withscore") {
        return Err(Error::SYNTAX);
    }
    let member = cx.arg(2);
    let set = db!(cx).get::<SortedSet>(cx.args[1])?;
    let found = set.and_then(|set| Some((set.len(), set.rank(member)?, set.score(member)?)));
    match found {
        Some((length, rank, score)) => {
            let rank = if reverse { length - 1 - rank } else { rank };
            if with_score {
                cx.out.array(2);
            }
            cx.out.count(rank);
            if with_score {
                cx.out.double(score);
            }
        }
        None if with_score => cx.out.null_array(),
        None => cx.out.null(),
    }
    Ok(())
}

fn zrandmember(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let scores = cx.len() == 4 && cx.is(3, "withscores");
    let (count, repeat) = if cx.len() > 2 {
        random_count(cx, 2, scores)?
    } else {
        (1, false)
    };
    if cx.len() > 4 || (cx.len() == 4 && !scores) {
        return Err(Error::SYNTAX);
    }
    let length = cx.db().get::<SortedSet>(key)?.map_or(0, SortedSet::len);
    let places = random_places(cx, length, count, repeat);
    let set = cx.db().get::<SortedSet>(key)?;
    let found = places
        .into_iter()
        .filter_map(|place| set.and_then(|set| set.at(place)));
    let found: Vec<(Key, f64)> = found
        .map(|(member, score)| (member.clone(), score))
        .collect();
    if cx.len() == 2 {
        cx.out
            .optional(found.first().map(|(member, _)| &member[..]));
    } else {
        reply_scored(cx, &found, scores);
    }
    Ok(())
}

fn zscan(cx: &mut Cx<'_>) -> Outcome {
    scan_cursor(cx, 2)?;
    if db!(cx).get::<SortedSet>(cx.args[1])?.is_none() {
        return empty_scan(cx);
    }
    let scan = scan_options(cx, 2)?;
    let Some(set) = db!(cx).get::<SortedSet>(cx.args[1])? else {
        return empty_scan(cx);
    };
    // Redis walks a compact set in one go, in its order, whatever the count.
    let (found, cursor): (Vec<(&Key, f64)>, usize) = if set.compact {
        (set.iter().collect(), 0)
    } else {
        let (places, cursor) = scan.places(set.len());
        (places.filter_map(|place| set.at(place)).collect(), cursor)
    };
    let compact = set.compact;
    let found: Vec<_> = found
        .into_iter()
        .filter(|(member, _)| scan.wants(member))
        .collect();
    cx.out.array(2);
    cx.out.text(&cursor.to_string());
    cx.out.array(found.len() * 2);
    for (member, score) in found {
        cx.out.bulk(member);
        let text = scanned(score, compact, cx.out.shortest);
        cx.out.text(&text);
    }
    Ok(())
}

/// A score as ZSCAN has it: in a compact set as it is kept there, whole numbers as such; else with all digits, even
/// where later versions print fewer.
fn scanned(score: f64, compact: bool, shortest: bool) -> String {
    match whole(score) {
        Some(whole) if compact => whole.to_string(),
        None if compact && shortest => shortest_double(score),
        _ => format_double(score),
    }
}
