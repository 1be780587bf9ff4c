//! Consumer groups: making them, acknowledging, and what is pending.

use super::super::context::db;
use super::super::{Cx, Error, Outcome};
use super::add::entries_read;
use super::{ids, no_group, parse_bound, parse_id, reply_id};
use crate::db::Stream;
use crate::db::stream::{Consumer, Group, StreamId};
use crate::server::config::Events;

const NO_KEY: Error = Error::new(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use \
     the MKSTREAM option to create an empty stream automatically.",
);

/// The error of XGROUP and XINFO about a group that is not there.
pub(super) fn unknown_group(key: &[u8], group: &[u8]) -> Error {
    let text: [&[u8]; 5] = [
        b"NOGROUP No such consumer group '",
        group,
        b"' for key name '",
        key,
        b"'",
    ];
    text.concat().into()
}

/// The options of XGROUP CREATE and SETID: whether to make the stream, and how many were read.
fn options(cx: &Cx<'_>) -> Result<(bool, Option<u64>), Error> {
    let (mut make, mut read) = (false, None);
    let mut at = 5;
    while at < cx.len() {
        if cx.is(at, "mkstream") && cx.command.name == "xgroup|create" {
            make = true;
            at += 1;
        } else if cx.is(at, "entriesread") && at + 1 < cx.len() {
            read = entries_read(cx.arg(at + 1))?;
            at += 2;
        } else {
            return Err(cx.subcommand_error());
        }
    }
    Ok((make, read))
}

/// The id a group starts at, where a dollar sign is the last one.
fn start(cx: &mut Cx<'_>, key: &[u8]) -> Result<StreamId, Error> {
    match cx.arg(4) {
        b"$" => Ok(cx
            .db()
            .get::<Stream>(key)?
            .map_or(StreamId::MIN, |stream| stream.last)),
        id => parse_id(id, 0),
    }
}

pub(super) fn create(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let (make, read) = options(cx)?;
    let known = cx
        .db()
        .get::<Stream>(key)?
        .map(|stream| stream.groups.contains_key(name));
    if known.is_none() && !make {
        return Err(NO_KEY);
    }
    // Redis repeats no option, but looks for the key first.
    if cx.len() > 8 {
        return Err(cx.subcommand_error());
    }
    let last = start(cx, key)?;
    if known == Some(true) {
        return Err(Error::new("BUSYGROUP Consumer Group name already exists"));
    }
    let stream = cx.db().get_or_new::<Stream>(key)?;
    stream.groups.insert(
        name.to_vec(),
        Group {
            last,
            read,
            ..Group::default()
        },
    );
    cx.changed(Events::STREAM, "xgroup-create", key);
    cx.out.ok();
    Ok(())
}

/// The group of XGROUP's arguments.
fn group<'s>(cx: &'s mut Cx<'_>) -> Result<&'s mut Group, Error> {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let stream = db!(cx).get_mut::<Stream>(key)?.ok_or(NO_KEY)?;
    stream
        .groups
        .get_mut(name)
        .ok_or_else(|| unknown_group(key, name))
}

pub(super) fn setid(cx: &mut Cx<'_>) -> Outcome {
    let (_, read) = options(cx)?;
    group(cx)?;
    if cx.len() > 7 {
        return Err(cx.subcommand_error());
    }
    let last = start(cx, cx.arg(2))?;
    let group = group(cx)?;
    (group.last, group.read) = (last, read);
    cx.changed(Events::STREAM, "xgroup-setid", cx.arg(2));
    cx.out.ok();
    Ok(())
}

pub(super) fn destroy(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let stream = cx.db().get_mut::<Stream>(key)?.ok_or(NO_KEY)?;
    let found = stream.groups.remove(name).is_some();
    if found {
        cx.changed(Events::STREAM, "xgroup-destroy", key);
    }
    cx.out.int(i64::from(found));
    Ok(())
}

pub(super) fn createconsumer(cx: &mut Cx<'_>) -> Outcome {
    let now = cx.now();
    let consumer = cx.arg(4);
    let group = group(cx)?;
    let is_new = !group.consumers.contains_key(consumer);
    if is_new {
        group.consumers.insert(
            consumer.to_vec(),
            Consumer {
                seen: now,
                ..Consumer::default()
            },
        );
        cx.changed(Events::STREAM, "xgroup-createconsumer", cx.arg(2));
    }
    cx.out.int(i64::from(is_new));
    Ok(())
}

pub(super) fn delconsumer(cx: &mut Cx<'_>) -> Outcome {
    let consumer = cx.arg(4);
    let group = group(cx)?;
    let Some(removed) = group.consumers.remove(consumer) else {
        cx.out.int(0);
        return Ok(());
    };
    for id in &removed.pending {
        group.pending.remove(id);
    }
    cx.changed(Events::STREAM, "xgroup-delconsumer", cx.arg(2));
    cx.out.count(removed.pending.len());
    Ok(())
}

pub(super) fn xack(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(1), cx.arg(2));
    let known = cx
        .db()
        .get::<Stream>(key)?
        .is_some_and(|stream| stream.groups.contains_key(name));
    if !known {
        cx.out.int(0);
        return Ok(());
    }
    let ids = ids(cx, 3)?;
    let stream = cx.db().get_or_new::<Stream>(key)?;
    let group = stream.groups.get_mut(name);
    let done = group.map_or(0, |group| {
        ids.into_iter().filter(|id| group.acknowledge(*id)).count()
    });
    if done > 0 {
        cx.state.stats.changes += 1;
    }
    cx.out.count(done);
    Ok(())
}

/// What XPENDING is asked for beyond the summary.
struct Page<'a> {
    idle: i64,
    start: StreamId,
    end: StreamId,
    count: usize,
    consumer: Option<&'a [u8]>,
}

fn page<'a>(cx: &Cx<'a>) -> Result<Option<Page<'a>>, Error> {
    if cx.len() == 3 {
        return Ok(None);
    }
    if !(6..=9).contains(&cx.len()) {
        return Err(Error::SYNTAX);
    }
    let (mut at, mut idle) = (3, 0);
    if cx.is(3, "idle") {
        idle = cx.int(4)?;
        if cx.len() < 8 {
            return Err(Error::SYNTAX);
        }
        at = 5;
    }
    let count = usize::try_from(cx.int(at + 2)?).unwrap_or_default();
    let start = parse_bound(cx.arg(at), true)?;
    let end = parse_bound(cx.arg(at + 1), false)?;
    Ok(Some(Page {
        idle,
        start,
        end,
        count,
        consumer: cx.args.get(at + 3).copied(),
    }))
}

pub(super) fn xpending(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(1), cx.arg(2));
    let page = page(cx)?;
    let now = cx.now();
    let stream = db!(cx).get::<Stream>(key)?;
    let group = stream.and_then(|stream| stream.groups.get(name));
    let group = group.ok_or_else(|| no_group(key, name, b""))?;
    let Some(page) = page else {
        let ends = group
            .pending
            .keys()
            .next()
            .zip(group.pending.keys().next_back());
        let Some((first, last)) = ends else {
            cx.out.array(4);
            cx.out.int(0);
            cx.out.null();
            cx.out.null();
            cx.out.null_array();
            return Ok(());
        };
        cx.out.array(4);
        cx.out.count(group.pending.len());
        reply_id(&mut cx.out, *first);
        reply_id(&mut cx.out, *last);
        let busy: Vec<_> = group
            .consumers
            .iter()
            .filter(|(_, consumer)| !consumer.pending.is_empty())
            .collect();
        cx.out.array(busy.len());
        for (name, consumer) in busy {
            cx.out.array(2);
            cx.out.bulk(name);
            cx.out.text(&consumer.pending.len().to_string());
        }
        return Ok(());
    };
    let range = (page.start <= page.end).then(|| group.pending.range(page.start..=page.end));
    let found: Vec<_> = range
        .into_iter()
        .flatten()
        .filter(|(_, pending)| {
            page.consumer
                .is_none_or(|consumer| consumer == pending.consumer)
        })
        .filter(|(_, pending)| page.idle == 0 || now - pending.delivered >= page.idle)
        .take(page.count)
        .collect();
    cx.out.array(found.len());
    for (id, pending) in found {
        cx.out.array(4);
        reply_id(&mut cx.out, *id);
        cx.out.bulk(&pending.consumer);
        cx.out.int((now - pending.delivered).max(0));
        cx.out.int(i64::try_from(pending.count).unwrap_or(i64::MAX));
    }
    Ok(())
}
