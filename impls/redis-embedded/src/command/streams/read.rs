//! XREAD and XREADGROUP, which wait for entries if they are told to.

use super::super::{Cx, Error, Mode, Outcome};
use super::{no_group, parse_id, reply_entry, reply_id};
use crate::db::Stream;
use crate::db::stream::{Group, Pending, StreamId};
use crate::protocol::Reply;
use crate::server::client::Otherwise;
use crate::server::config::Events;

/// From where a stream is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    After(StreamId),
    /// What no consumer of the group has been given.
    New,
    /// What this consumer has been given and not acknowledged.
    History(StreamId),
}

/// What is asked for.
struct Query<'a> {
    count: usize,
    block: Option<i64>,
    group: Option<(&'a [u8], &'a [u8])>,
    no_ack: bool,
    /// Where the keys begin, and how many they are.
    first: usize,
    streams: usize,
}

fn query<'a>(cx: &Cx<'a>) -> Result<Query<'a>, Error> {
    let grouped = cx.command.name == "xreadgroup";
    let mut query = Query {
        count: usize::MAX,
        block: None,
        group: None,
        no_ack: false,
        first: 0,
        streams: 0,
    };
    let mut at = 1;
    while at < cx.len() {
        let more = cx.len() - at - 1;
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"block" if more > 0 => {
                let timeout = cx.int_or(at + 1, "ERR timeout is not an integer or out of range")?;
                if timeout < 0 {
                    return Err(Error::new("ERR timeout is negative"));
                }
                query.block = Some(timeout);
                at += 1;
            }
            b"count" if more > 0 => {
                let count = cx.int(at + 1)?;
                query.count = usize::try_from(count)
                    .ok()
                    .filter(|count| *count > 0)
                    .unwrap_or(usize::MAX);
                at += 1;
            }
            b"streams" if more > 0 => {
                query.first = at + 1;
                query.streams = more / 2;
                if !more.is_multiple_of(2) {
                    return Err(Error::new(
                        "ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' \
                         must be specified.",
                    ));
                }
                break;
            }
            b"group" if more > 1 && grouped => {
                query.group = Some((cx.arg(at + 1), cx.arg(at + 2)));
                at += 2;
            }
            b"group" if more > 1 => {
                return Err(Error::new(
                    "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.",
                ));
            }
            b"noack" if grouped => query.no_ack = true,
            b"noack" => {
                return Err(Error::new(
                    "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.",
                ));
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    if query.first == 0 {
        return Err(Error::SYNTAX);
    }
    if grouped && query.group.is_none() {
        return Err(Error::new("ERR Missing GROUP option for XREADGROUP"));
    }
    Ok(query)
}

/// Reads from where each stream is wanted.
fn starts(cx: &mut Cx<'_>, query: &Query<'_>) -> Result<Vec<From>, Error> {
    let mut starts = Vec::with_capacity(query.streams);
    for index in query.first..query.first + query.streams {
        let (key, id) = (cx.arg(index), cx.arg(index + query.streams));
        let retries = cx.mode == Mode::Retry;
        let last = match cx.db().get::<Stream>(key) {
            Ok(stream) => stream.map(|stream| {
                (
                    stream.last,
                    query
                        .group
                        .is_none_or(|(group, _)| stream.groups.contains_key(group)),
                )
            }),
            Err(_) if retries => None,
            Err(error) => return Err(error.into()),
        };
        if let Some((group, _)) = query.group {
            if last.is_none() && cx.mode == Mode::Retry {
                return Err(Error::new("UNBLOCKED the stream key no longer exists"));
            }
            if !last.is_some_and(|(_, known)| known) {
                return Err(no_group(key, group, b" in XREADGROUP with GROUP option"));
            }
        }
        starts.push(match (id, query.group) {
            (b"$", None) => From::After(last.map_or(StreamId::MIN, |(last, _)| last)),
            (b"$", Some(_)) => {
                return Err(Error::new(
                    "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read \
                     the history of this consumer by specifying a proper ID, or use the > ID to \
                     get new messages. The $ ID would just return an empty result set.",
                ));
            }
            (b">", Some(_)) => From::New,
            (b">", None) => {
                return Err(Error::new(
                    "ERR The > ID can be specified only when calling XREADGROUP using the GROUP \
                     <group> <consumer> option.",
                ));
            }
            (id, None) => From::After(parse_id(id, 0)?),
            (id, Some(_)) => From::History(parse_id(id, 0)?),
        });
    }
    Ok(starts)
}

pub(super) fn xread(cx: &mut Cx<'_>) -> Outcome {
    let query = query(cx)?;
    let starts = starts(cx, &query)?;
    let mut found = Reply::new(cx.out.resp3);
    let mut streams = 0;
    for (place, start) in starts.iter().enumerate() {
        let key = cx.arg(query.first + place);
        let mut entries = Reply::new(cx.out.resp3);
        let served = match *start {
            From::After(id) => read_after(cx, key, id, query.count, &mut entries),
            From::New => read_new(cx, key, &query, &mut entries),
            From::History(id) => read_history(cx, key, id, &query, &mut entries),
        };
        if served {
            if !found.resp3 {
                found.array(2);
            }
            found.bulk(key);
            found.bytes.append(&mut entries.bytes);
            streams += 1;
        }
    }
    if streams > 0 {
        if cx.out.resp3 {
            cx.out.map(streams);
        } else {
            cx.out.array(streams);
        }
        cx.out.bytes.append(&mut found.bytes);
        return Ok(());
    }
    match query.block {
        None => {
            cx.out.null_array();
            Ok(())
        }
        Some(timeout) => wait(cx, &query, &starts, timeout),
    }
}

/// Waits with the ids that `$` stands for now.
fn wait(cx: &mut Cx<'_>, query: &Query<'_>, starts: &[From], timeout: i64) -> Outcome {
    let texts: Vec<String> = starts
        .iter()
        .map(|start| match start {
            From::After(id) | From::History(id) => id.to_string(),
            From::New => ">".into(),
        })
        .collect();
    let ids = query.first + query.streams;
    let args: Vec<&[u8]> = cx.args[..ids]
        .iter()
        .copied()
        .chain(texts.iter().map(String::as_bytes))
        .collect();
    let keys = &cx.args[query.first..ids];
    cx.block_as(&args, keys, timeout, Otherwise::NullArray)
}

fn read_after(cx: &mut Cx<'_>, key: &[u8], id: StreamId, count: usize, out: &mut Reply) -> bool {
    let (Some(start), Ok(Some(stream))) = (id.next(), cx.db().get::<Stream>(key)) else {
        return false;
    };
    let mut found = stream.entries.range(start..).take(count).peekable();
    if found.peek().is_none() {
        return false;
    }
    out.deferred(|out| {
        found
            .map(|(id, fields)| reply_entry(out, *id, fields))
            .count()
    });
    true
}

/// The group of a key, whose consumer is there afterwards; true when the consumer is new.
fn with_consumer<'s>(
    stream: &'s mut Stream,
    query: &Query<'_>,
    now: i64,
) -> Option<(&'s mut Group, bool)> {
    let (group, consumer) = query.group?;
    let group = stream.groups.get_mut(group)?;
    let is_new = !group.consumers.contains_key(consumer);
    group.consumers.entry(consumer.to_vec()).or_default().seen = now;
    Some((group, is_new))
}

fn read_new(cx: &mut Cx<'_>, key: &[u8], query: &Query<'_>, out: &mut Reply) -> bool {
    let now = cx.now();
    let Some((name, consumer)) = query.group else {
        return false;
    };
    let Ok(Some(stream)) = cx.db().get_mut::<Stream>(key) else {
        return false;
    };
    let last = stream.groups.get(name).map(|group| group.last);
    let Some(start) = last
        .filter(|last| *last < stream.last)
        .and_then(StreamId::next)
    else {
        return false;
    };
    let found: Vec<_> = stream
        .entries
        .range(start..)
        .take(query.count)
        .map(|(id, fields)| (*id, fields.clone()))
        .collect();
    let is_new = with_consumer(stream, query, now).is_some_and(|(_, is_new)| is_new);
    out.array(found.len());
    for (id, fields) in &found {
        reply_entry(out, *id, fields);
        let counted = stream.counter_at(*id);
        let tombstone = stream.has_tombstone_after(*id);
        let Some(group) = stream.groups.get_mut(name) else {
            continue;
        };
        group.read = match group.read {
            Some(read) if !tombstone => Some(read + 1),
            _ => counted,
        };
        group.last = *id;
        if !query.no_ack {
            group.assign(
                *id,
                Pending {
                    consumer: consumer.to_vec(),
                    delivered: now,
                    count: 1,
                },
            );
        }
    }
    if is_new {
        cx.changed(Events::STREAM, "xgroup-createconsumer", key);
    }
    true
}

fn read_history(
    cx: &mut Cx<'_>,
    key: &[u8],
    after: StreamId,
    query: &Query<'_>,
    out: &mut Reply,
) -> bool {
    let now = cx.now();
    let Some((_, consumer)) = query.group else {
        return false;
    };
    let Ok(Some(stream)) = cx.db().get_mut::<Stream>(key) else {
        return false;
    };
    let Stream { entries, .. } = &*stream;
    let entries = entries.clone();
    let Some((group, is_new)) = with_consumer(stream, query, now) else {
        return false;
    };
    let mine = group
        .consumers
        .get(consumer)
        .map(|consumer| consumer.pending.clone())
        .unwrap_or_default();
    let start = after.next().unwrap_or(StreamId::MAX);
    let wanted: Vec<StreamId> = mine.range(start..).take(query.count).copied().collect();
    out.array(wanted.len());
    for id in wanted {
        match entries.get(&id) {
            Some(fields) => {
                reply_entry(out, id, fields);
                if let Some(pending) = group.pending.get_mut(&id) {
                    pending.delivered = now;
                    pending.count += 1;
                }
            }
            None => {
                out.array(2);
                reply_id(out, id);
                out.null_array();
            }
        }
    }
    if is_new {
        cx.changed(Events::STREAM, "xgroup-createconsumer", key);
    }
    true
}
