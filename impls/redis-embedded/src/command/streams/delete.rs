//! XDELEX and XACKDEL of Redis 8.2, and what its XADD and XTRIM do to groups that know of an entry which goes.

use super::parse;
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::number;
use crate::db::stream::StreamId;
use crate::server::events::Events;

/// What becomes of groups that an entry was delivered to, when it is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum References {
    /// They still have it among what was not acknowledged.
    #[default]
    Keep,
    Drop,
    /// Only an entry that all of them have read and acknowledged is deleted.
    Spare,
}

impl References {
    /// The one that a word names, in the versions that have them.
    pub(super) fn of(cx: &Cx<'_>, at: usize) -> Option<References> {
        if cx.state.profile != crate::Profile::Redis8_2 {
            return None;
        }
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"keepref" => Some(References::Keep),
            b"delref" => Some(References::Drop),
            b"acked" => Some(References::Spare),
            _ => None,
        }
    }

    /// Whether an entry may go.
    pub(super) fn allow(self, stream: &Stream, id: StreamId) -> bool {
        let done = |group: &crate::db::stream_group::Group| {
            group.last >= id && !group.pending.contains_key(&id)
        };
        self != References::Spare || stream.groups.values().all(done)
    }

    /// Does to the groups what is to be done when an entry has gone.
    pub(super) fn release(self, stream: &mut Stream, id: StreamId) {
        if self == References::Drop {
            for group in stream.groups.values_mut() {
                group.acknowledge(id);
            }
        }
    }
}

/// What the command answers for an id.
const NOT_FOUND: i64 = -1;
const DELETED: i64 = 1;
const SPARED: i64 = 2;

/// The ids from an argument on, which are not read yet, and what becomes of groups.
fn options<'a>(cx: &Cx<'a>, from: usize) -> Result<(&'a [&'a [u8]], References), Error> {
    let (mut ids, mut references): (Option<&[&[u8]]>, Option<References>) = (None, None);
    let mut at = from;
    while at < cx.len() {
        let named = References::of(cx, at);
        if named.is_some() && references.is_none() {
            references = named;
        } else if cx.is(at, "ids") && at + 1 < cx.len() && ids.is_none() {
            let count = number::integer(cx.arg(at + 1)).filter(|count| *count > 0);
            let count = count.ok_or(Error::new("ERR Number of IDs must be a positive integer"))?;
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            let found = cx.args[at + 2..].get(..count);
            ids = Some(found.ok_or(Error::new(
                "ERR The `numids` parameter must match the number of arguments",
            ))?);
            at += 1 + count;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    Ok((ids.ok_or(Error::SYNTAX)?, references.unwrap_or_default()))
}

/// Ids as they are, or as many of any kind.
fn read(ids: &[&[u8]], strictly: bool) -> Result<Vec<StreamId>, Error> {
    if strictly {
        parse::ids(ids)
    } else {
        Ok(vec![StreamId::MIN; ids.len()])
    }
}

/// Deletes an entry, if it is there and may go.
fn delete(stream: &mut Stream, id: StreamId, references: References) -> i64 {
    // Also of an entry that is not there, groups may not know yet that it was.
    if !references.allow(stream, id) {
        return SPARED;
    }
    let there = stream.get(id).is_some();
    stream.delete(id);
    references.release(stream, id);
    if there { DELETED } else { NOT_FOUND }
}

pub(super) fn xdelex(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    db!(cx).get::<Stream>(key)?;
    let (ids, references) = options(cx, 2)?;
    let mut stream = db!(cx).get_mut::<Stream>(key)?;
    // Where there is nothing to delete, ids may be anything.
    let ids = read(ids, stream.is_some())?;
    let mut deleted = false;
    cx.out.array(ids.len());
    for id in ids {
        let stream = stream.as_deref_mut();
        let done = stream.map_or(NOT_FOUND, |stream| delete(stream, id, references));
        deleted |= done == DELETED;
        cx.out.int(done);
    }
    if deleted {
        cx.changed(Events::STREAM, "xdel", key);
    }
    Ok(())
}

pub(super) fn xackdel(cx: &mut Cx<'_>) -> Outcome {
    let (key, group) = (cx.arg(1), cx.arg(2));
    db!(cx).get::<Stream>(key)?;
    let (ids, references) = options(cx, 3)?;
    let stream = db!(cx).get_mut::<Stream>(key)?;
    let mut stream = stream.filter(|stream| stream.groups.contains_key(group));
    let ids = read(ids, stream.is_some())?;
    let mut deleted = false;
    cx.out.array(ids.len());
    for id in ids {
        let known = stream.as_deref_mut();
        let done = known.map_or(NOT_FOUND, |stream| {
            if !acknowledge(stream, group, id) {
                return NOT_FOUND;
            }
            // What was acknowledged counts as deleted, also if it was gone before.
            delete(stream, id, references).max(DELETED)
        });
        deleted |= done == DELETED;
        cx.out.int(done);
    }
    if deleted {
        cx.state.touched(cx.client.db, key, Some(cx.client));
    }
    Ok(())
}

fn acknowledge(stream: &mut Stream, group: &[u8], id: StreamId) -> bool {
    let group = stream.groups.get_mut(group);
    group.is_some_and(|group| group.acknowledge(id))
}
