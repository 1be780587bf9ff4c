//! XINFO.

use super::super::context::db;
use super::super::{Cx, Error, Outcome};
use super::groups::unknown_group;
use super::{reply_entry, reply_id};
use crate::db::Stream;
use crate::db::stream::{Fields, Group, StreamId};
use crate::protocol::Reply;

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn optional(out: &mut Reply, number: Option<u64>) {
    match number {
        Some(number) => out.int(signed(number)),
        None => out.null(),
    }
}

pub(super) fn groups(cx: &mut Cx<'_>) -> Outcome {
    let stream = db!(cx)
        .get::<Stream>(cx.args[2])?
        .ok_or(Error::NO_SUCH_KEY)?;
    cx.out.array(stream.groups.len());
    for (name, group) in &stream.groups {
        cx.out.map(6);
        cx.out.text("name");
        cx.out.bulk(name);
        cx.out.text("consumers");
        cx.out.count(group.consumers.len());
        cx.out.text("pending");
        cx.out.count(group.pending.len());
        cx.out.text("last-delivered-id");
        reply_id(&mut cx.out, group.last);
        cx.out.text("entries-read");
        optional(&mut cx.out, group.read);
        cx.out.text("lag");
        lag(&mut cx.out, group, stream);
    }
    Ok(())
}

pub(super) fn consumers(cx: &mut Cx<'_>) -> Outcome {
    let now = cx.now();
    let (key, name) = (cx.arg(2), cx.arg(3));
    let stream = db!(cx).get::<Stream>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    let group = stream
        .groups
        .get(name)
        .ok_or_else(|| unknown_group(key, name))?;
    cx.out.array(group.consumers.len());
    for (name, consumer) in &group.consumers {
        cx.out.map(3);
        cx.out.text("name");
        cx.out.bulk(name);
        cx.out.text("pending");
        cx.out.count(consumer.pending.len());
        cx.out.text("idle");
        cx.out.int((now - consumer.seen).max(0));
    }
    Ok(())
}

fn lag(out: &mut Reply, group: &Group, stream: &Stream) {
    match group.lag(stream) {
        Some(lag) => out.int(lag),
        None => out.null(),
    }
}

fn head(out: &mut Reply, stream: &Stream) {
    // Redis keeps up to a hundred entries in a node of its tree.
    let nodes = stream.entries.len().div_ceil(100);
    out.text("length");
    out.count(stream.entries.len());
    out.text("radix-tree-keys");
    out.count(nodes);
    out.text("radix-tree-nodes");
    out.count(nodes + 1);
    out.text("last-generated-id");
    reply_id(out, stream.last);
    out.text("max-deleted-entry-id");
    reply_id(out, stream.max_deleted);
    out.text("entries-added");
    out.int(signed(stream.added));
    out.text("recorded-first-entry-id");
    reply_id(out, stream.first().unwrap_or(StreamId::MIN));
}

fn entry(out: &mut Reply, entry: Option<(&StreamId, &Fields)>) {
    match entry {
        Some((id, fields)) => reply_entry(out, *id, fields),
        None => out.null(),
    }
}

pub(super) fn stream(cx: &mut Cx<'_>) -> Outcome {
    if db!(cx).get::<Stream>(cx.args[2])?.is_none() {
        return Err(Error::NO_SUCH_KEY);
    }
    let full = cx.len() > 3;
    if full && !cx.is(3, "full") {
        return Err(cx.subcommand_error());
    }
    let mut count = 10;
    if cx.len() > 4 {
        if cx.len() != 6 || !cx.is(4, "count") {
            return Err(cx.subcommand_error());
        }
        count = match cx.int(5)? {
            0 => usize::MAX,
            number => usize::try_from(number).unwrap_or(10),
        };
    }
    let stream = db!(cx)
        .get::<Stream>(cx.args[2])?
        .ok_or(Error::NO_SUCH_KEY)?;
    let out = &mut cx.out;
    if full {
        out.map(9);
        head(out, stream);
        out.text("entries");
        out.array(stream.entries.len().min(count));
        stream
            .entries
            .iter()
            .take(count)
            .for_each(|(id, fields)| reply_entry(out, *id, fields));
        out.text("groups");
        out.array(stream.groups.len());
        stream
            .groups
            .iter()
            .for_each(|(name, group)| full_group(out, stream, name, group, count));
        return Ok(());
    }
    out.map(10);
    head(out, stream);
    out.text("groups");
    out.count(stream.groups.len());
    out.text("first-entry");
    entry(out, stream.entries.first_key_value());
    out.text("last-entry");
    entry(out, stream.entries.last_key_value());
    Ok(())
}

fn full_group(out: &mut Reply, stream: &Stream, name: &[u8], group: &Group, count: usize) {
    out.map(7);
    out.text("name");
    out.bulk(name);
    out.text("last-delivered-id");
    reply_id(out, group.last);
    out.text("entries-read");
    optional(out, group.read);
    out.text("lag");
    lag(out, group, stream);
    out.text("pel-count");
    out.count(group.pending.len());
    out.text("pending");
    out.array(group.pending.len().min(count));
    for (id, pending) in group.pending.iter().take(count) {
        out.array(4);
        reply_id(out, *id);
        out.bulk(&pending.consumer);
        out.int(pending.delivered);
        out.int(signed(pending.count));
    }
    out.text("consumers");
    out.array(group.consumers.len());
    for (name, consumer) in &group.consumers {
        out.map(4);
        out.text("name");
        out.bulk(name);
        out.text("seen-time");
        out.int(consumer.seen);
        out.text("pel-count");
        out.count(consumer.pending.len());
        out.text("pending");
        out.array(consumer.pending.len().min(count));
        for id in consumer.pending.iter().take(count) {
            let pending = group.pending.get(id);
            out.array(3);
            reply_id(out, *id);
            out.int(pending.map_or(0, |pending| pending.delivered));
            out.int(pending.map_or(0, |pending| signed(pending.count)));
        }
    }
}
