//! Streams and their consumer groups.

mod add;
mod claim;
mod groups;
mod info;
mod range;
mod read;

use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error};
use crate::db::stream::{Fields, StreamId};
use crate::protocol::Reply;

commands! {
    "xadd" -5 [WRITE DENYOOM FAST] (1, 1, 1) "stream" => add::xadd;
    "xtrim" -4 [WRITE] (1, 1, 1) "stream" => add::xtrim;
    "xdel" -3 [WRITE FAST] (1, 1, 1) "stream" => add::xdel;
    "xlen" 2 [READONLY FAST] (1, 1, 1) "stream" => add::xlen;
    "xsetid" -3 [WRITE DENYOOM FAST] (1, 1, 1) "stream" => add::xsetid;
    "xrange" -4 [READONLY] (1, 1, 1) "stream" => range::xrange;
    "xrevrange" -4 [READONLY] (1, 1, 1) "stream" => range::xrange;
    "xread" -4 [READONLY BLOCKING MOVABLEKEYS] (0, 0, 0) "stream" => read::xread;
    "xreadgroup" -7 [WRITE BLOCKING MOVABLEKEYS] (0, 0, 0) "stream" => read::xread;
    "xgroup" -2 [CONTAINER] (0, 0, 0) "" => container;
    "xgroup|create" -5 [WRITE DENYOOM] (2, 2, 1) "stream" => groups::create;
    "xgroup|setid" -5 [WRITE] (2, 2, 1) "stream" => groups::setid;
    "xgroup|destroy" 4 [WRITE] (2, 2, 1) "stream" => groups::destroy;
    "xgroup|createconsumer" 5 [WRITE DENYOOM] (2, 2, 1) "stream" => groups::createconsumer;
    "xgroup|delconsumer" 5 [WRITE] (2, 2, 1) "stream" => groups::delconsumer;
    "xgroup|help" 2 [LOADING STALE] (0, 0, 0) "stream" => help;
    "xack" -4 [WRITE FAST] (1, 1, 1) "stream" => groups::xack;
    "xpending" -3 [READONLY] (1, 1, 1) "stream" => groups::xpending;
    "xclaim" -6 [WRITE FAST] (1, 1, 1) "stream" => claim::xclaim;
    "xautoclaim" -6 [WRITE FAST] (1, 1, 1) "stream" => claim::xautoclaim;
    "xinfo" -2 [CONTAINER] (0, 0, 0) "" => container;
    "xinfo|stream" -3 [READONLY] (2, 2, 1) "stream" => info::stream;
    "xinfo|groups" 3 [READONLY] (2, 2, 1) "stream" => info::groups;
    "xinfo|consumers" 4 [READONLY] (2, 2, 1) "stream" => info::consumers;
    "xinfo|help" 2 [LOADING STALE] (0, 0, 0) "stream" => help;
}

const INVALID_ID: Error = Error::new("ERR Invalid stream ID specified as stream command argument");

/// A number of up to 64 bits.
fn unsigned(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Reads an id; without a sequence number it has the one given.
fn parse_id(text: &[u8], missing: u64) -> Result<StreamId, Error> {
    let (ms, seq) = match text.iter().position(|byte| *byte == b'-') {
        Some(at) => (&text[..at], unsigned(&text[at + 1..])),
        None => (text, Some(missing)),
    };
    unsigned(ms)
        .zip(seq)
        .map(|(ms, seq)| StreamId { ms, seq })
        .ok_or(INVALID_ID)
}

/// Reads the end of a range, where `-` and `+` are the lowest and highest ids, and a parenthesis
/// leaves the end itself out.
fn parse_bound(text: &[u8], lower: bool) -> Result<StreamId, Error> {
    let (open, text) = match text {
        [b'(', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let id = match text {
        b"-" if !open => StreamId::MIN,
        b"+" if !open => StreamId::MAX,
        text => parse_id(text, if lower { 0 } else { u64::MAX })?,
    };
    match (open, lower) {
        (false, _) => Ok(id),
        (true, true) => id
            .next()
            .ok_or(Error::new("ERR invalid start ID for the interval")),
        (true, false) => id
            .previous()
            .ok_or(Error::new("ERR invalid end ID for the interval")),
    }
}

fn reply_id(out: &mut Reply, id: StreamId) {
    out.text(&id.to_string());
}

fn reply_entry(out: &mut Reply, id: StreamId, fields: &Fields) {
    out.array(2);
    reply_id(out, id);
    out.bulks(fields);
}

/// The error about a group that is not there.
fn no_group(key: &[u8], group: &[u8], tail: &[u8]) -> Error {
    let text: [&[u8]; 6] = [
        b"NOGROUP No such key '",
        key,
        b"' or consumer group '",
        group,
        b"'",
        tail,
    ];
    text.concat().into()
}

/// The ids among the arguments from an index on.
fn ids(cx: &Cx<'_>, from: usize) -> Result<Vec<StreamId>, Error> {
    cx.args[from..].iter().map(|arg| parse_id(arg, 0)).collect()
}
