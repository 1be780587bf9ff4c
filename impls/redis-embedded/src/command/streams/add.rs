//! Adding to streams, and taking from them.

use super::super::context::db;
use super::super::{Cx, Error, Outcome};
use super::{ids, parse_id, reply_id, unsigned};
use crate::db::Stream;
use crate::db::number::integer;
use crate::db::stream::StreamId;
use crate::server::config::Events;

/// How many entries Redis keeps in a node, of which an approximate trim removes only whole ones.
const NODE: usize = 100;

/// What a trim leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    Length(usize),
    From(StreamId),
}

/// The id XADD is given, as far as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NewId {
    Any,
    Within(u64),
    Exactly(StreamId),
}

/// The options of XADD and XTRIM.
struct Options {
    keep: Option<Keep>,
    approximate: bool,
    limit: Option<i64>,
    no_create: bool,
    id: NewId,
    /// Where what follows the options begins.
    next: usize,
}

fn options(cx: &Cx<'_>, adding: bool) -> Result<Options, Error> {
    let mut options = Options {
        keep: None,
        approximate: false,
        limit: None,
        no_create: false,
        id: NewId::Any,
        next: cx.len(),
    };
    let mut at = 2;
    while at < cx.len() {
        let more = cx.len() - 1 - at;
        let word = cx.arg(at).to_ascii_lowercase();
        match word.as_slice() {
            b"*" if adding => {
                options.next = at + 1;
                break;
            }
            b"maxlen" | b"minid" if more > 0 => {
                if options.keep.is_some() {
                    return Err(Error::new(
                        "ERR syntax error, MAXLEN and MINID options at the same time are not compatible",
                    ));
                }
                options.approximate = more >= 2 && cx.arg(at + 1) == b"~";
                at += 1 + usize::from(more >= 2 && matches!(cx.arg(at + 1), b"~" | b"="));
                options.keep = Some(keep(cx, at, word.as_slice() == b"maxlen")?);
            }
            b"limit" if more > 0 => {
                let limit = cx.int(at + 1)?;
                if limit < 0 {
                    return Err(Error::new("ERR The LIMIT argument must be >= 0."));
                }
                options.limit = Some(limit);
                at += 1;
            }
            b"nomkstream" if adding => options.no_create = true,
            _ if adding => {
                options.id = new_id(cx.arg(at))?;
                options.next = at + 1;
                break;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    check(&options, adding)?;
    Ok(options)
}

fn keep(cx: &Cx<'_>, at: usize, length: bool) -> Result<Keep, Error> {
    if !length {
        return Ok(Keep::From(parse_id(cx.arg(at), 0)?));
    }
    let length = usize::try_from(cx.int(at)?);
    Ok(Keep::Length(length.map_err(|_| {
        Error::new("ERR The MAXLEN argument must be >= 0.")
    })?))
}

fn check(options: &Options, adding: bool) -> Outcome {
    let fail = |text| Err(Error::new(text));
    if options.limit.is_some_and(|limit| limit > 0) && options.keep.is_none() {
        return fail(
            "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy",
        );
    }
    if !adding && options.keep.is_none() {
        return fail("ERR syntax error, XTRIM must be called with a trimming strategy");
    }
    if options.limit.is_some() && !options.approximate {
        return fail("ERR syntax error, LIMIT cannot be used without the special ~ option");
    }
    Ok(())
}

fn new_id(text: &[u8]) -> Result<NewId, Error> {
    if let Some(ms) = text.strip_suffix(b"-*") {
        return unsigned(ms).map(NewId::Within).ok_or(super::INVALID_ID);
    }
    parse_id(text, 0).map(NewId::Exactly)
}

/// The id of the next entry.
fn choose(stream: &Stream, id: NewId, now: i64) -> Result<StreamId, Error> {
    const SMALL: Error = Error::new(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item",
    );
    if stream.last == StreamId::MAX {
        return Err(Error::new(
            "ERR The stream has exhausted the last possible ID, unable to add more items",
        ));
    }
    let ms = u64::try_from(now).unwrap_or_default();
    let id = match id {
        NewId::Any if ms > stream.last.ms => StreamId { ms, seq: 0 },
        NewId::Any => stream.last.next().ok_or(SMALL)?,
        NewId::Within(ms) if ms == stream.last.ms => {
            let seq = stream.last.seq.checked_add(1).ok_or(SMALL)?;
            StreamId { ms, seq }
        }
        NewId::Within(ms) => StreamId { ms, seq: 0 },
        NewId::Exactly(id) => id,
    };
    if id > stream.last { Ok(id) } else { Err(SMALL) }
}

/// Removes entries from the front, and tells how many.
fn trim(stream: &mut Stream, options: &Options) -> usize {
    let surplus = match options.keep {
        None => 0,
        Some(Keep::Length(length)) => stream.entries.len().saturating_sub(length),
        Some(Keep::From(id)) => stream.entries.range(..id).count(),
    };
    let surplus = if options.approximate {
        approximate(surplus, stream.entries.len(), options.limit)
    } else {
        surplus
    };
    for _ in 0..surplus {
        if let Some((id, _)) = stream.entries.pop_first()
            && matches!(options.keep, Some(Keep::Length(_) | Keep::From(_)))
        {
            stream.max_deleted = stream.max_deleted.max(id);
        }
    }
    surplus
}

/// Whole nodes only, of which the last one may not be full, and no more entries than the limit.
fn approximate(surplus: usize, length: usize, limit: Option<i64>) -> usize {
    let most = match limit {
        None => 100 * NODE,
        Some(0) => usize::MAX,
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let mut removed = 0;
    while removed < length {
        let node = NODE.min(length - removed);
        if removed + node > surplus.min(most) {
            break;
        }
        removed += node;
    }
    removed
}

pub(super) fn xadd(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let options = options(cx, true)?;
    let fields = &cx.args[options.next.min(cx.len())..];
    if fields.len() < 2 || !fields.len().is_multiple_of(2) {
        return Err(cx.arity());
    }
    if options.id == NewId::Exactly(StreamId::MIN) {
        return Err(Error::new(
            "ERR The ID specified in XADD must be greater than 0-0",
        ));
    }
    if cx.db().get::<Stream>(key)?.is_none() && options.no_create {
        cx.out.null();
        return Ok(());
    }
    let now = cx.now();
    let stream = cx.db().get_or_new::<Stream>(key)?;
    let id = match choose(stream, options.id, now) {
        Ok(StreamId::MIN) | Err(_)
            if stream.last == StreamId::MIN && options.id == NewId::Within(0) =>
        {
            StreamId { ms: 0, seq: 1 }
        }
        chosen => chosen?,
    };
    stream
        .entries
        .insert(id, fields.iter().map(|field| field.to_vec()).collect());
    stream.last = id;
    stream.added += 1;
    let trimmed = trim(stream, &options);
    cx.changed(Events::STREAM, "xadd", key);
    if trimmed > 0 {
        cx.notify(Events::STREAM, "xtrim", key);
    }
    reply_id(&mut cx.out, id);
    Ok(())
}

pub(super) fn xtrim(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let options = options(cx, false)?;
    let trimmed = cx
        .db()
        .get_mut::<Stream>(key)?
        .map_or(0, |stream| trim(stream, &options));
    if trimmed > 0 {
        cx.changed(Events::STREAM, "xtrim", key);
    }
    cx.out.count(trimmed);
    Ok(())
}

pub(super) fn xdel(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    if cx.db().get::<Stream>(key)?.is_none() {
        cx.out.int(0);
        return Ok(());
    }
    let ids = ids(cx, 2)?;
    let stream = cx.db().get_or_new::<Stream>(key)?;
    let deleted = ids.into_iter().filter(|id| stream.remove(*id)).count();
    if deleted > 0 {
        cx.changed(Events::STREAM, "xdel", key);
    }
    cx.out.count(deleted);
    Ok(())
}

pub(super) fn xlen(cx: &mut Cx<'_>) -> Outcome {
    let stream = db!(cx).get::<Stream>(cx.args[1])?;
    cx.out
        .count(stream.map_or(0, |stream| stream.entries.len()));
    Ok(())
}

pub(super) fn xsetid(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let id = parse_id(cx.arg(2), 0)?;
    let (mut added, mut deleted) = (None, None);
    let mut at = 3;
    while at < cx.len() {
        if cx.is(at, "entriesadded") && at + 1 < cx.len() {
            let number = cx.int(at + 1)?;
            let number = u64::try_from(number);
            added = Some(number.map_err(|_| Error::new("ERR entries_added must be positive"))?);
        } else if cx.is(at, "maxdeletedid") && at + 1 < cx.len() {
            let max = parse_id(cx.arg(at + 1), 0)?;
            if id < max {
                return Err(Error::new(
                    "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id",
                ));
            }
            deleted = Some(max);
        } else {
            return Err(Error::SYNTAX);
        }
        at += 2;
    }
    let stream = cx.db().get_mut::<Stream>(key)?.ok_or(Error::NO_SUCH_KEY)?;
    if id < stream.max_deleted {
        return Err(Error::new(
            "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id",
        ));
    }
    if stream
        .entries
        .keys()
        .next_back()
        .is_some_and(|top| id < *top)
    {
        return Err(Error::new(
            "ERR The ID specified in XSETID is smaller than the target stream top item",
        ));
    }
    if added.is_some_and(|added| added < stream.entries.len() as u64) && !stream.entries.is_empty()
    {
        return Err(Error::new(
            "ERR The entries_added specified in XSETID is smaller than the target stream length",
        ));
    }
    stream.last = id;
    stream.added = added.unwrap_or(stream.added);
    stream.max_deleted = deleted
        .filter(|id| *id != StreamId::MIN)
        .unwrap_or(stream.max_deleted);
    cx.changed(Events::STREAM, "xsetid", key);
    cx.out.ok();
    Ok(())
}

/// A number that must be -1 or not negative, as ENTRIESREAD takes it.
pub(super) fn entries_read(text: &[u8]) -> Result<Option<u64>, Error> {
    match integer(text) {
        None => Err(Error::NOT_INTEGER),
        Some(-1) => Ok(None),
        Some(number) => u64::try_from(number)
            .map(Some)
            .map_err(|_| Error::new("ERR value for ENTRIESREAD must be positive or -1")),
    }
}
