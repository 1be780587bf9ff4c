//! XGROUP: groups and their consumers.

use super::parse;
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::stream::StreamId;
use crate::db::stream_group::Group;
use crate::profile::Profile;
use crate::server::events::Events;

/// Reads the options of CREATE and SETID: MKSTREAM, and ENTRIESREAD.
fn options(cx: &Cx<'_>, creates: bool) -> Result<(bool, Option<i64>), Error> {
    let (mut make, mut read) = (false, None);
    let mut at = 5;
    while at < cx.len() {
        if creates && cx.is(at, "mkstream") {
            make = true;
            at += 1;
        } else if cx.is(at, "entriesread") && at + 1 < cx.len() {
            let count = cx.int(at + 1)?;
            if count < -1 {
                return Err(Error::new(
                    "ERR value for ENTRIESREAD must be positive or -1",
                ));
            }
            read = (count >= 0).then_some(count);
            at += 2;
        } else {
            return Err(cx.subcommand_error());
        }
    }
    Ok((make, read))
}

const NO_KEY: Error = Error::new(
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use \
     the MKSTREAM option to create an empty stream automatically.",
);

/// The group that the command names.
fn group<'a>(cx: &'a mut Cx<'_>) -> Result<&'a mut Group, Error> {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let stream = db!(cx).get_mut::<Stream>(key)?.ok_or(NO_KEY)?;
    stream
        .groups
        .get_mut(name)
        .ok_or_else(|| no_such_group(key, name))
}

/// The error of a group that a stream does not have.
pub(super) fn no_such_group(key: &[u8], group: &[u8]) -> Error {
    [
        b"NOGROUP No such consumer group '",
        group,
        b"' for key name '",
        key,
        b"'",
    ]
    .concat()
    .into()
}

pub(super) fn create(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let (make, read) = options(cx, true)?;
    let last = db!(cx).get::<Stream>(key)?.map(|stream| stream.last);
    if last.is_none() && !make {
        return Err(NO_KEY);
    }
    if cx.len() > 8 {
        return Err(cx.subcommand_error());
    }
    let start = match cx.arg(4) {
        b"$" => last.unwrap_or(StreamId::MIN),
        text => parse::strict(text, 0)?,
    };
    let clamps = cx.state.profile == Profile::Redis8_2;
    let stream = db!(cx).get_or_new::<Stream>(key)?;
    if stream.groups.contains_key(name) {
        return Err(Error::new("BUSYGROUP Consumer Group name already exists"));
    }
    let group = Group {
        last: start,
        read: read.map(|read| if clamps { read.min(stream.added) } else { read }),
        ..Group::default()
    };
    stream.groups.insert(name.to_vec(), group);
    cx.out.ok();
    if last.is_none() {
        cx.state.touched(cx.client.db, key, Some(cx.client));
    }
    note(cx, "xgroup-create");
    Ok(())
}

/// A change of a group is none of the key: who watches that is not told.
fn note(cx: &mut Cx<'_>, event: &str) {
    cx.state.stats.changes += 1;
    cx.notify(Events::STREAM, event, cx.arg(2));
}

pub(super) fn set_id(cx: &mut Cx<'_>) -> Outcome {
    let (_, read) = options(cx, false)?;
    group(cx)?;
    if !matches!(cx.len(), 5 | 7) {
        return Err(cx.subcommand_error());
    }
    let last = match cx.arg(4) {
        b"$" => db!(cx)
            .get::<Stream>(cx.args[2])?
            .map_or(StreamId::MIN, |stream| stream.last),
        text => parse::id(text, 0)?,
    };
    let clamps = cx.state.profile == Profile::Redis8_2;
    let added = db!(cx)
        .get::<Stream>(cx.args[2])?
        .map_or(0, |stream| stream.added);
    let group = group(cx)?;
    group.last = last;
    group.read = read.map(|read| if clamps { read.min(added) } else { read });
    cx.out.ok();
    note(cx, "xgroup-setid");
    Ok(())
}

pub(super) fn destroy(cx: &mut Cx<'_>) -> Outcome {
    let (key, name) = (cx.arg(2), cx.arg(3));
    let stream = db!(cx).get_mut::<Stream>(key)?.ok_or(NO_KEY)?;
    let found = stream.groups.remove(name).is_some();
    cx.out.int(i64::from(found));
    if found {
        note(cx, "xgroup-destroy");
        // Those who wait for entries of the group learn that it is gone.
        cx.state.signal(cx.client.db, key);
    }
    Ok(())
}

pub(super) fn create_consumer(cx: &mut Cx<'_>) -> Outcome {
    let (name, now) = (cx.arg(4), cx.now());
    let group = group(cx)?;
    let is_new = !group.consumers.contains_key(name) && group.see(name, now);
    cx.out.int(i64::from(is_new));
    if is_new {
        note(cx, "xgroup-createconsumer");
    }
    Ok(())
}

pub(super) fn delete_consumer(cx: &mut Cx<'_>) -> Outcome {
    let name = cx.arg(4);
    let pending = group(cx)?.remove_consumer(name);
    cx.out.count(pending.unwrap_or_default());
    if pending.is_some() {
        note(cx, "xgroup-delconsumer");
    }
    Ok(())
}
