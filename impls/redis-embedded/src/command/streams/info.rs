//! XINFO: what a stream, its groups and their consumers are like.

use super::entry;
use super::groups::no_such_group;
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::stream::StreamId;
use crate::db::stream_group::{Consumer, Group};
use crate::profile::Profile;
use crate::protocol::Reply;

/// How many entries the full report has of each list; none for the short report.
fn detail(cx: &Cx<'_>) -> Result<Option<usize>, Error> {
    let full = cx.is(3, "full");
    match cx.len() {
        3 => Ok(None),
        4 if full => Ok(Some(10)),
        6 if full && cx.is(4, "count") => {
            let count = cx.int(5)?;
            let all = if count == 0 { usize::MAX } else { 10 };
            let count = usize::try_from(count).ok().filter(|count| *count > 0);
            Ok(Some(count.unwrap_or(all)))
        }
        _ => Err(cx.subcommand_error()),
    }
}

pub(super) fn stream(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(2);
    if db!(cx).get::<Stream>(key)?.is_none() {
        return Err(Error::NO_SUCH_KEY);
    }
    let detail = detail(cx)?;
    let later = cx.state.profile.is_later();
    let at_start = cx.state.profile == Profile::Redis8_2;
    let stream = db!(cx).get::<Stream>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    let out = &mut cx.out;
    out.map(if detail.is_some() { 9 } else { 10 });
    let (nodes, radix) = stream.nodes();
    number(out, "length", as_i64(stream.len()));
    number(out, "radix-tree-keys", as_i64(nodes));
    number(out, "radix-tree-nodes", as_i64(radix));
    id(out, "last-generated-id", stream.last);
    id(out, "max-deleted-entry-id", stream.max_deleted);
    number(out, "entries-added", stream.added);
    id(out, "recorded-first-entry-id", stream.first());
    match detail {
        None => ends(out, stream),
        Some(count) => full(out, stream, count, (later, at_start)),
    }
    Ok(())
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn number(out: &mut Reply, name: &str, value: i64) {
    out.text(name);
    out.int(value);
}

fn id(out: &mut Reply, name: &str, value: StreamId) {
    out.text(name);
    out.text(&value.to_string());
}

fn optional(out: &mut Reply, name: &str, value: Option<i64>) {
    out.text(name);
    match value {
        Some(value) => out.int(value),
        None => out.null(),
    }
}

fn ends(out: &mut Reply, stream: &Stream) {
    number(out, "groups", as_i64(stream.groups.len()));
    for (name, at) in [
        ("first-entry", stream.first()),
        ("last-entry", stream.top()),
    ] {
        out.text(name);
        match stream.get(at) {
            Some(fields) => entry(out, at, fields),
            None => out.null(),
        }
    }
}

fn full(out: &mut Reply, stream: &Stream, count: usize, (later, at_start): (bool, bool)) {
    out.text("entries");
    out.deferred(|out| {
        let all = stream.range(StreamId::MIN, StreamId::MAX);
        let some = all.into_iter().flatten().take(count);
        some.map(|(id, fields)| entry(out, id, fields)).count()
    });
    out.text("groups");
    out.array(stream.groups.len());
    for (name, group) in &stream.groups {
        out.map(7);
        out.text("name");
        out.bulk(name);
        progress(out, stream, group, at_start);
        number(out, "pel-count", as_i64(group.pending.len()));
        out.text("pending");
        let pending = group.pending.iter().take(count);
        out.deferred(|out| {
            let write = |(id, pending): (&StreamId, &crate::db::stream_group::Pending)| {
                out.array(4);
                out.text(&id.to_string());
                out.bulk(&pending.consumer);
                out.int(pending.delivered);
                out.int(pending.count);
            };
            pending.map(write).count()
        });
        out.text("consumers");
        out.array(group.consumers.len());
        for (name, consumer) in &group.consumers {
            full_consumer(out, group, (name, consumer), count, later);
        }
    }
}

/// How far a group has come.
///
/// Redis 8.2 knows that a group before the first entry has all of them before it, and none if there is none: `at_start`.
fn progress(out: &mut Reply, stream: &Stream, group: &Group, at_start: bool) {
    id(out, "last-delivered-id", group.last);
    optional(out, "entries-read", group.read);
    let all = stream.len() == 0 || group.last < stream.first();
    let lag = if at_start && all {
        Some(as_i64(stream.len()))
    } else {
        group.lag(stream)
    };
    optional(out, "lag", lag);
}

fn full_consumer(
    out: &mut Reply,
    group: &Group,
    (name, consumer): (&[u8], &Consumer),
    count: usize,
    later: bool,
) {
    out.map(if later { 5 } else { 4 });
    out.text("name");
    out.bulk(name);
    number(out, "seen-time", consumer.seen);
    if later {
        number(out, "active-time", consumer.active.unwrap_or(-1));
    }
    number(out, "pel-count", as_i64(consumer.pending.len()));
    out.text("pending");
    let pending = consumer.pending.iter().take(count);
    let pending: Vec<_> = pending
        .filter_map(|id| group.pending.get_key_value(id))
        .collect();
    out.array(pending.len());
    for (id, pending) in pending {
        out.array(3);
        out.text(&id.to_string());
        out.int(pending.delivered);
        out.int(pending.count);
    }
}

pub(super) fn groups(cx: &mut Cx<'_>) -> Outcome {
    let at_start = cx.state.profile == Profile::Redis8_2;
    let stream = db!(cx)
        .get::<Stream>(cx.args[2])?
        .ok_or(Error::NO_SUCH_KEY)?;
    let out = &mut cx.out;
    out.array(stream.groups.len());
    for (name, group) in &stream.groups {
        out.map(6);
        out.text("name");
        out.bulk(name);
        number(out, "consumers", as_i64(group.consumers.len()));
        number(out, "pending", as_i64(group.pending.len()));
        progress(out, stream, group, at_start);
    }
    Ok(())
}

pub(super) fn consumers(cx: &mut Cx<'_>) -> Outcome {
    let (key, name, now) = (cx.arg(2), cx.arg(3), cx.now());
    let later = cx.state.profile.is_later();
    let stream = db!(cx).get::<Stream>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    let group = stream
        .groups
        .get(name)
        .ok_or_else(|| no_such_group(key, name))?;
    let out = &mut cx.out;
    out.array(group.consumers.len());
    for (name, consumer) in &group.consumers {
        out.map(if later { 4 } else { 3 });
        out.text("name");
        out.bulk(name);
        number(out, "pending", as_i64(consumer.pending.len()));
        number(out, "idle", (now - consumer.seen).max(0));
        if later {
            let inactive = consumer.active.map_or(-1, |active| (now - active).max(0));
            number(out, "inactive", inactive);
        }
    }
    Ok(())
}
