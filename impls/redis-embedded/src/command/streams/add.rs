//! What changes a stream itself: XADD, XTRIM, XDEL and XSETID.

use super::delete::References;
use super::parse::{self, NewId};
use crate::command::context::db;
use crate::command::{Cx, Error, Outcome};
use crate::db::Stream;
use crate::db::stream::{Keep, StreamId, Trim};
use crate::server::events::Events;

/// What XADD and XTRIM are asked for.
#[derive(Debug, Default)]
struct Options {
    keep: Option<Keep>,
    roughly: bool,
    limit: Option<usize>,
    no_stream: bool,
    id: Option<NewId>,
    references: Option<References>,
    /// Where the fields begin.
    end: usize,
}

/// Reads options up to the id, or to the end where there is none.
fn options(cx: &Cx<'_>, adds: bool) -> Result<Options, Error> {
    let mut options = Options::default();
    let mut at = 2;
    while at < cx.len() {
        let more = at + 1 < cx.len();
        if adds && cx.arg(at) == b"*" {
            options.id = Some(NewId::Auto);
            break;
        } else if more && (cx.is(at, "maxlen") || cx.is(at, "minid")) {
            at = threshold(cx, at, &mut options)?;
        } else if more && cx.is(at, "limit") {
            let limit = usize::try_from(cx.int(at + 1)?)
                .map_err(|_| Error::new("ERR The LIMIT argument must be >= 0."))?;
            options.limit = Some(limit);
            at += 1;
        } else if options.references.is_none() && References::of(cx, at).is_some() {
            options.references = References::of(cx, at);
        } else if adds && cx.is(at, "nomkstream") {
            options.no_stream = true;
        } else if adds {
            options.id = Some(parse::new_id(cx.arg(at))?);
            break;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 1;
    }
    options.end = at + 1;
    check(&options, adds)?;
    Ok(options)
}

/// Reads a trimming strategy, and returns the place of its last word.
fn threshold(cx: &Cx<'_>, at: usize, options: &mut Options) -> Result<usize, Error> {
    if options.keep.is_some() {
        return Err(Error::new(
            "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
        ));
    }
    let mut value = at + 1;
    if value + 1 < cx.len() && matches!(cx.arg(value), b"~" | b"=") {
        options.roughly = cx.arg(value) == b"~";
        value += 1;
    }
    options.keep = Some(if cx.is(at, "maxlen") {
        let length = usize::try_from(cx.int(value)?)
            .map_err(|_| Error::new("ERR The MAXLEN argument must be >= 0."))?;
        Keep::Newest(length)
    } else {
        Keep::From(parse::strict(cx.arg(value), 0)?)
    });
    Ok(value)
}

fn check(options: &Options, adds: bool) -> Result<(), Error> {
    if options.limit.is_some_and(|limit| limit > 0) && options.keep.is_none() {
        return Err(Error::new(
            "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
        ));
    }
    if !adds && options.keep.is_none() {
        return Err(Error::new(
            "ERR syntax error, XTRIM must be called with a trimming strategy",
        ));
    }
    if options.limit.is_some() && !options.roughly {
        return Err(Error::new(
            "ERR syntax error, LIMIT cannot be used without the special ~ option",
        ));
    }
    Ok(())
}

/// Trims a stream and publishes that; tells how many entries went.
fn trim(cx: &mut Cx<'_>, key: &[u8], options: &Options) -> Result<usize, Error> {
    let per_node = cx.state.config.stream.entries;
    let Some(keep) = options.keep else {
        return Ok(0);
    };
    let Some(stream) = db!(cx).get_mut::<Stream>(key)? else {
        return Ok(0);
    };
    let how = if options.roughly {
        // Without a limit, Redis takes one that keeps the command short.
        let usual = match per_node.saturating_mul(100) {
            0 => 10_000,
            many => many.min(1_000_000),
        };
        Trim::Roughly(options.limit.unwrap_or(usual))
    } else {
        Trim::Exactly
    };
    let gone = match options.references.unwrap_or_default() {
        References::Keep => stream.trim(keep, how),
        references => trim_with(stream, keep, how, references),
    };
    if gone > 0 {
        cx.notify(Events::STREAM, "xtrim", key);
    }
    Ok(gone)
}

/// Trims a stream without leaving groups with entries that are gone.
fn trim_with(stream: &mut Stream, keep: Keep, how: Trim, references: References) -> usize {
    let mut shorter = stream.clone();
    let gone = shorter.trim(keep, how);
    let ids = stream.entries.keys().copied();
    let ids: Vec<StreamId> = match references {
        References::Spare => ids.filter(|id| references.allow(stream, *id)).collect(),
        _ => ids.collect(),
    };
    let over = |id: &StreamId| match keep {
        Keep::Newest(_) => true,
        Keep::From(start) => *id < start,
    };
    let ids: Vec<StreamId> = ids.into_iter().filter(over).take(gone).collect();
    for id in &ids {
        stream.drop_entry(*id);
        references.release(stream, *id);
    }
    ids.len()
}

pub(super) fn xadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let options = options(cx, true)?;
    let fields = cx.args.get(options.end..).unwrap_or_default();
    if fields.is_empty() || !fields.len().is_multiple_of(2) {
        return Err(cx.arity());
    }
    let wanted = options.id.unwrap_or(NewId::Auto);
    if matches!(wanted, NewId::Given(StreamId::MIN)) {
        return Err(Error::new(
            "ERR The ID specified in XADD must be greater than 0-0",
        ));
    }
    let now = u64::try_from(cx.now()).unwrap_or_default();
    let limits = cx.state.config.stream;
    if options.no_stream && db!(cx).get::<Stream>(key)?.is_none() {
        cx.out.null();
        return Ok(());
    }
    let stream = db!(cx).get_or_new::<Stream>(key)?;
    let id = next_id(stream.last, wanted, now)?;
    stream.add(
        id,
        fields.iter().map(|part| part.to_vec()).collect(),
        limits,
    );
    cx.out.text(&id.to_string());
    cx.changed(Events::STREAM, "xadd", key);
    trim(cx, key, &options)?;
    Ok(())
}

/// The id of an entry behind the last one.
fn next_id(last: StreamId, wanted: NewId, now: u64) -> Result<StreamId, Error> {
    const NOT_GREATER: Error = Error::new(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item",
    );
    if last == StreamId::MAX {
        return Err(Error::new(
            "ERR The stream has exhausted the last possible ID, unable to add more items",
        ));
    }
    let id = match wanted {
        NewId::Auto if now > last.ms => StreamId { ms: now, seq: 0 },
        NewId::Auto => last.next().ok_or(NOT_GREATER)?,
        NewId::Within(ms) if ms == last.ms => {
            // The text of another error is what Redis answers here.
            let full = Error::new("ERR Elements are too large to be stored");
            let seq = last.seq.checked_add(1).ok_or(full)?;
            StreamId { ms, seq }
        }
        NewId::Within(ms) => StreamId { ms, seq: 0 },
        NewId::Given(id) => id,
    };
    if id > last { Ok(id) } else { Err(NOT_GREATER) }
}

pub(super) fn xtrim(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let options = options(cx, false)?;
    let gone = trim(cx, key, &options)?;
    if gone > 0 {
        cx.state.touched(cx.client.db, key, Some(cx.client));
    }
    cx.out.count(gone);
    Ok(())
}

pub(super) fn xdel(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let Some(stream) = db!(cx).get_mut::<Stream>(key)? else {
        cx.out.int(0);
        return Ok(());
    };
    let gone = parse::ids(&cx.args[2..])?;
    let gone = gone.into_iter().filter(|id| stream.delete(*id)).count();
    cx.out.count(gone);
    if gone > 0 {
        cx.changed(Events::STREAM, "xdel", key);
    }
    Ok(())
}

pub(super) fn xsetid(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let id = parse::strict(cx.arg(2), 0)?;
    let (mut added, mut deleted) = (None, StreamId::MIN);
    let mut at = 3;
    while at < cx.len() {
        if at + 1 < cx.len() && cx.is(at, "entriesadded") {
            let count = cx.int(at + 1)?;
            if count < 0 {
                return Err(Error::new("ERR entries_added must be positive"));
            }
            added = Some(count);
        } else if at + 1 < cx.len() && cx.is(at, "maxdeletedid") {
            deleted = parse::strict(cx.arg(at + 1), 0)?;
            smaller(id, deleted, "provided max_deleted_entry_id")?;
        } else {
            return Err(Error::SYNTAX);
        }
        at += 2;
    }
    let stream = db!(cx).get_mut::<Stream>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    if stream.len() > 0 {
        smaller(id, stream.top(), "target stream top item")?;
        let length = i64::try_from(stream.len()).unwrap_or(i64::MAX);
        if added.is_some_and(|added| added < length) {
            return Err(Error::new(
                "ERR The entries_added specified in XSETID is smaller than the target stream length",
            ));
        }
    }
    smaller(id, stream.max_deleted, "current max_deleted_entry_id")?;
    stream.last = id;
    stream.added = added.unwrap_or(stream.added);
    if deleted != StreamId::MIN {
        stream.max_deleted = deleted;
    }
    cx.out.ok();
    cx.state.stats.changes += 1;
    cx.notify(Events::STREAM, "xsetid", key);
    Ok(())
}

fn smaller(id: StreamId, than: StreamId, what: &str) -> Result<(), Error> {
    if id < than {
        let text = format!("ERR The ID specified in XSETID is smaller than the {what}");
        return Err(text.into());
    }
    Ok(())
}
