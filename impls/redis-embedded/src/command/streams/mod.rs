//! Streams and consumer groups.

mod add;
mod claim;
mod delete;
mod groups;
mod info;
mod parse;
mod pending;
mod range;
mod read;

use super::context::db;
use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error};
use crate::db::Stream;
use crate::db::stream::{Fields, StreamId};
use crate::protocol::Reply;

commands! {
    "xadd" -5 [WRITE DENYOOM FAST] (1, 1, 1) "stream" => add::xadd;
    "xtrim" -4 [WRITE] (1, 1, 1) "stream" => add::xtrim;
    "xdel" -3 [WRITE FAST] (1, 1, 1) "stream" => add::xdel;
    "xdelex" -5 [WRITE FAST NEWER] (1, 1, 1) "stream" => delete::xdelex;
    "xackdel" -6 [WRITE FAST NEWER] (1, 1, 1) "stream" => delete::xackdel;
    "xsetid" -3 [WRITE DENYOOM FAST] (1, 1, 1) "stream" => add::xsetid;
    "xrange" -4 [READONLY] (1, 1, 1) "stream" => range::xrange;
    "xrevrange" -4 [READONLY] (1, 1, 1) "stream" => range::xrange;
    "xlen" 2 [READONLY FAST] (1, 1, 1) "stream" => range::xlen;
    "xread" -4 [READONLY BLOCKING MOVABLEKEYS] (0, 0, 0) "stream" => read::xread;
    "xreadgroup" -7 [WRITE BLOCKING MOVABLEKEYS SOURCES] (0, 0, 0) "stream" => read::xread;
    "xack" -4 [WRITE FAST] (1, 1, 1) "stream" => pending::xack;
    "xpending" -3 [READONLY] (1, 1, 1) "stream" => pending::xpending;
    "xclaim" -6 [WRITE FAST SOURCES] (1, 1, 1) "stream" => claim::xclaim;
    "xautoclaim" -6 [WRITE FAST SOURCES] (1, 1, 1) "stream" => claim::xautoclaim;
    "xgroup" -2 [CONTAINER] (0, 0, 0) "" => container;
    "xgroup|create" -5 [WRITE DENYOOM] (2, 2, 1) "stream" => groups::create;
    "xgroup|createconsumer" 5 [WRITE DENYOOM] (2, 2, 1) "stream" => groups::create_consumer;
    "xgroup|delconsumer" 5 [WRITE] (2, 2, 1) "stream" => groups::delete_consumer;
    "xgroup|destroy" 4 [WRITE] (2, 2, 1) "stream" => groups::destroy;
    "xgroup|setid" -5 [WRITE] (2, 2, 1) "stream" => groups::set_id;
    "xgroup|help" 2 [LOADING STALE] (0, 0, 0) "stream" => help;
    "xinfo" -2 [CONTAINER] (0, 0, 0) "" => container;
    "xinfo|stream" -3 [READONLY] (2, 2, 1) "stream" => info::stream;
    "xinfo|groups" 3 [READONLY] (2, 2, 1) "stream" => info::groups;
    "xinfo|consumers" 4 [READONLY] (2, 2, 1) "stream" => info::consumers;
    "xinfo|help" 2 [LOADING STALE] (0, 0, 0) "stream" => help;
}

/// Writes an entry: its id, and its fields with their values.
fn entry(out: &mut Reply, id: StreamId, fields: &Fields) {
    out.array(2);
    out.text(&id.to_string());
    out.bulks(fields);
}

/// The stream of a key, which must have a group.
fn with_group<'a>(cx: &'a mut Cx<'_>) -> Result<&'a mut Stream, Error> {
    let (key, group) = (cx.arg(1), cx.arg(2));
    let stream = db!(cx).get_mut::<Stream>(key)?;
    let found = stream.filter(|stream| stream.groups.contains_key(group));
    found.ok_or_else(|| no_group(key, group, ""))
}

/// The error of a key or group that is not there.
fn no_group(key: &[u8], group: &[u8], context: &str) -> Error {
    let parts: [&[u8]; 6] = [
        b"NOGROUP No such key '",
        key,
        b"' or consumer group '",
        group,
        b"'",
        context.as_bytes(),
    ];
    parts.concat().into()
}
