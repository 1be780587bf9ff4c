//! Strings, and what counts in them.

use super::args::clip;
use super::context::db;
use super::table::commands;
use super::{Cx, Error, Outcome, lookups};
use crate::db::{Form, Str, Value};
use crate::db::{LongDouble, number};
use crate::profile::Profile;
use crate::server::events::Events;

commands! {
    "get" 2 [READONLY FAST] (1, 1, 1) "string" => get;
    "set" -3 [WRITE DENYOOM] (1, 1, 1) "string" => set;
    "setnx" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => setnx;
    "setex" 4 [WRITE DENYOOM] (1, 1, 1) "string" => setex;
    "psetex" 4 [WRITE DENYOOM] (1, 1, 1) "string" => setex;
    "getset" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => getset;
    "getdel" 2 [WRITE FAST] (1, 1, 1) "string" => getdel;
    "getex" -2 [WRITE FAST] (1, 1, 1) "string" => getex;
    "mget" -2 [READONLY FAST] (1, -1, 1) "string" => mget;
    "mset" -3 [WRITE DENYOOM] (1, -1, 2) "string" => mset;
    "msetnx" -3 [WRITE DENYOOM] (1, -1, 2) "string" => mset;
    "msetex" -4 [WRITE DENYOOM MOVABLEKEYS NEWER] (0, 0, 0) "string" => msetex;
    "incr" 2 [WRITE DENYOOM FAST] (1, 1, 1) "string" => incr;
    "decr" 2 [WRITE DENYOOM FAST] (1, 1, 1) "string" => decr;
    "incrby" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => incrby;
    "decrby" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => decrby;
    "incrbyfloat" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => incrbyfloat;
    "append" 3 [WRITE DENYOOM FAST] (1, 1, 1) "string" => append;
    "strlen" 2 [READONLY FAST] (1, 1, 1) "string" => strlen;
    "getrange" 4 [READONLY] (1, 1, 1) "string" => getrange;
    "substr" 4 [READONLY] (1, 1, 1) "string" => getrange;
    "setrange" 4 [WRITE DENYOOM] (1, 1, 1) "string" => setrange;
    "lcs" -3 [READONLY] (1, 2, 1) "string" => lcs;
}

/// The longest string, as `proto-max-bulk-len` has it by default.
pub(super) const LONGEST: usize = 512 * 1024 * 1024;

fn get(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let value = db!(cx).get::<Str>(key)?;
    match value {
        Some(value) => {
            cx.out.bulk(&value.bytes);
            lookups::note(cx.state, cx.client, key, true);
        }
        None => {
            cx.out.null();
            lookups::note(cx.state, cx.client, key, false);
        }
    }
    Ok(())
}

/// When a key is to expire, as SET and GETEX say it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Expiry {
    #[default]
    Unsaid,
    Keep,
    Persist,
    At(i64),
}

/// The options of SET and GETEX.
#[derive(Debug, Default)]
struct Options {
    if_missing: bool,
    if_present: bool,
    get: bool,
    expiry: Expiry,
    /// The argument with the expiry, whether it is in seconds, and whether it is a time.
    time: Option<(usize, bool, bool)>,
}

impl Options {
    /// The expiry, with its argument read.
    fn expiry(&self, cx: &Cx<'_>) -> Result<Expiry, Error> {
        match self.time {
            Some((index, seconds, absolute)) => {
                Ok(Expiry::At(expiry_at(cx, index, seconds, absolute)?))
            }
            None => Ok(self.expiry),
        }
    }
}

/// Reads a time to live in seconds or milliseconds, or a time, as Unix milliseconds.
fn expiry_at(cx: &Cx<'_>, index: usize, seconds: bool, absolute: bool) -> Result<i64, Error> {
    let value = cx.int(index)?;
    let invalid = || {
        Error::from(format!(
            "ERR invalid expire time in '{}' command",
            cx.command.name
        ))
    };
    if value <= 0 {
        return Err(invalid());
    }
    let millis = if seconds {
        value.checked_mul(1000)
    } else {
        Some(value)
    };
    let base = if absolute { 0 } else { cx.now() };
    millis
        .and_then(|millis| millis.checked_add(base))
        .ok_or_else(invalid)
}

/// Reads options; the expiry's argument is left to [`Options::expiry`].
fn options(cx: &Cx<'_>, from: usize, set: bool) -> Result<Options, Error> {
    let mut options = Options::default();
    let mut at = from;
    while at < cx.len() {
        let word = cx.arg(at).to_ascii_lowercase();
        let unsaid = options.expiry == Expiry::Unsaid;
        let free = options.time.is_none();
        // The same word again is no conflict: the last one counts.
        let time = Some((at + 1, word.first() == Some(&b'e'), word.ends_with(b"at")));
        let again = options.time.is_none_or(|(_, seconds, absolute)| {
            time.is_some_and(|time| (time.1, time.2) == (seconds, absolute))
        });
        match word.as_slice() {
            b"nx" if set && !options.if_present => options.if_missing = true,
            b"xx" if set && !options.if_missing => options.if_present = true,
            b"get" if set => options.get = true,
            b"keepttl" if set && free => options.expiry = Expiry::Keep,
            b"persist" if !set && free => options.expiry = Expiry::Persist,
            b"ex" | b"px" | b"exat" | b"pxat" if unsaid && again && at + 1 < cx.len() => {
                options.time = time;
                at += 1;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    Ok(options)
}

fn set(cx: &mut Cx<'_>) -> Outcome {
    let (key, value) = (cx.arg(1), cx.arg(2));
    if cx.len() == 3 {
        store(cx, key, value);
        cx.out.ok();
        return Ok(());
    }
    let options = options(cx, 3, true)?;
    let expiry = options.expiry(cx)?;
    if options.get {
        let old = db!(cx).get::<Str>(key)?;
        cx.out.optional(old.map(|old| old.bytes.as_slice()));
        let found = old.is_some();
        lookups::note(cx.state, cx.client, key, found);
    }
    let found = cx.db().contains(key);
    if (options.if_missing && found) || (options.if_present && !found) {
        if !options.get {
            cx.out.null();
        }
        return Ok(());
    }
    store_until(cx, key, value, expiry);
    if !options.get {
        cx.out.ok();
    }
    Ok(())
}

/// Sets a key that expires; Valkey 9 does not set one whose time is past.
fn store_until(cx: &mut Cx<'_>, key: &[u8], value: &[u8], expiry: Expiry) {
    let kept = cx.db().peek(key).and_then(|entry| entry.expires);
    match expiry {
        Expiry::At(at) if at <= cx.now() && cx.state.profile == Profile::Valkey9_1 => {
            return cx.delete_overdue(key);
        }
        _ => store(cx, key, value),
    }
    match expiry {
        Expiry::Keep => cx.db().set_expiry(key, kept),
        Expiry::At(at) => expire(cx, key, at),
        Expiry::Unsaid | Expiry::Persist => {}
    }
}

fn store(cx: &mut Cx<'_>, key: &[u8], value: &[u8]) {
    let mut text = Str::new(value);
    if cx.client.in_script && cx.state.profile == Profile::Valkey9_1 {
        // What a script sets stays text there.
        text.form = Form::Text;
    }
    cx.db().set(key, Value::Str(text));
    cx.changed(Events::STRING, "set", key);
}

fn expire(cx: &mut Cx<'_>, key: &[u8], at: i64) {
    cx.db().set_expiry(key, Some(at));
    cx.notify(Events::GENERIC, "expire", key);
}

fn setnx(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let missing = !cx.db().contains(key);
    if missing {
        store(cx, key, cx.arg(2));
    }
    cx.out.int(i64::from(missing));
    Ok(())
}

fn setex(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let at = expiry_at(cx, 2, cx.command.name == "setex", false)?;
    store(cx, key, cx.arg(3));
    expire(cx, key, at);
    cx.out.ok();
    Ok(())
}

fn getset(cx: &mut Cx<'_>) -> Outcome {
    get(cx)?;
    store(cx, cx.arg(1), cx.arg(2));
    Ok(())
}

fn getdel(cx: &mut Cx<'_>) -> Outcome {
    get(cx)?;
    cx.delete(cx.arg(1));
    Ok(())
}

fn getex(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let options = options(cx, 2, false)?;
    if cx.state.profile.is_valkey() {
        options.expiry(cx)?;
    }
    get(cx)?;
    if !cx.db().contains(key) {
        return Ok(());
    }
    match options.expiry(cx)? {
        Expiry::At(at) if at <= cx.now() => cx.delete_overdue(key),
        Expiry::At(at) => {
            cx.db().set_expiry(key, Some(at));
            cx.changed(Events::GENERIC, "expire", key);
        }
        Expiry::Persist
            if cx
                .db()
                .peek(key)
                .is_some_and(|entry| entry.expires.is_some()) =>
        {
            cx.db().set_expiry(key, None);
            cx.changed(Events::GENERIC, "persist", key);
        }
        _ => {}
    }
    Ok(())
}

fn mget(cx: &mut Cx<'_>) -> Outcome {
    cx.out.array(cx.len() - 1);
    for key in &cx.args[1..] {
        // A value of another type is shown as one that is not there.
        let value = db!(cx).get::<Str>(key).unwrap_or_default();
        cx.out.optional(value.map(|value| value.bytes.as_slice()));
    }
    Ok(())
}

fn mset(cx: &mut Cx<'_>) -> Outcome {
    let only_new = cx.command.name == "msetnx";
    if cx.len().is_multiple_of(2) {
        return Err(cx.arity());
    }
    let args = cx.args;
    if only_new && args[1..].iter().step_by(2).any(|key| cx.db().contains(key)) {
        cx.out.int(0);
        return Ok(());
    }
    for pair in args[1..].chunks(2) {
        store(cx, pair[0], pair[1]);
    }
    if only_new {
        cx.out.int(1);
    } else {
        cx.out.ok();
    }
    Ok(())
}

/// Adds to the integer a key holds, and keeps the key's time to live.
fn add(cx: &mut Cx<'_>, by: i64) -> Outcome {
    let key = cx.arg(1);
    let old = match db!(cx).get::<Str>(key)? {
        Some(old) => number::integer(&old.bytes).ok_or(Error::NOT_INTEGER)?,
        None => 0,
    };
    let new = old.checked_add(by);
    let new = new.ok_or(Error::new("ERR increment or decrement would overflow"))?;
    let value = cx.db().get_or_new::<Str>(key)?;
    *value = Str {
        bytes: new.to_string().into_bytes(),
        form: Form::Short,
    };
    // Also of a decrement.
    cx.changed(Events::STRING, "incrby", key);
    cx.out.int(new);
    Ok(())
}

fn incr(cx: &mut Cx<'_>) -> Outcome {
    add(cx, 1)
}

fn decr(cx: &mut Cx<'_>) -> Outcome {
    add(cx, -1)
}

fn incrby(cx: &mut Cx<'_>) -> Outcome {
    let by = cx.int(2)?;
    add(cx, by)
}

fn decrby(cx: &mut Cx<'_>) -> Outcome {
    let by = cx.int(2)?.checked_neg();
    add(cx, by.ok_or(Error::new("ERR decrement would overflow"))?)
}

/// The sum of a number that is stored and one that is given, as text.
pub(super) fn float_sum(old: Option<&[u8]>, by: &[u8], not_float: Error) -> Result<String, Error> {
    let old = LongDouble::parse(old.unwrap_or(b"0")).ok_or(not_float)?;
    let by = LongDouble::parse(by).ok_or(Error::NOT_FLOAT)?;
    let sum = old.add(by);
    let finite = sum.is_finite().then(|| sum.human());
    finite.ok_or(Error::new("ERR increment would produce NaN or Infinity"))
}

fn incrbyfloat(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let old = db!(cx).get::<Str>(key)?;
    let sum = float_sum(
        old.map(|old| old.bytes.as_slice()),
        cx.args[2],
        Error::NOT_FLOAT,
    )?;
    let value = Str {
        bytes: sum.clone().into_bytes(),
        form: Form::Text,
    };
    *cx.db().get_or_new::<Str>(key)? = value;
    cx.changed(Events::STRING, "incrbyfloat", key);
    cx.out.text(&sum);
    Ok(())
}

/// MSETEX of Valkey: several keys at once, if all of them are there or none is, with one time to live.
fn msetex(cx: &mut Cx<'_>) -> Outcome {
    let count = number::integer(cx.arg(1)).and_then(|count| i32::try_from(count).ok());
    let count = count.and_then(|count| usize::try_from(count).ok());
    let count = count.filter(|count| *count > 0);
    let count = count.ok_or(Error::new("ERR invalid numkeys value or out of range"))?;
    let pairs = cx.args[2..].get(..count * 2).ok_or(Error::SYNTAX)?;
    let options = options(cx, 2 + count * 2, true)?;
    if options.get {
        return Err(Error::SYNTAX);
    }
    let expiry = options.expiry(cx)?;
    let mut there = pairs
        .chunks(2)
        .map(|pair| cx.state.dbs[cx.client.db].contains(pair[0]));
    let refused = (options.if_missing || options.if_present)
        && there.any(|there| there != options.if_present);
    cx.out.int(i64::from(!refused));
    if refused {
        return Ok(());
    }
    for pair in pairs.chunks(2) {
        let kept = cx.db().peek(pair[0]).and_then(|entry| entry.expires);
        store(cx, pair[0], pair[1]);
        match expiry {
            Expiry::Keep => cx.db().set_expiry(pair[0], kept),
            Expiry::At(at) => expire(cx, pair[0], at),
            Expiry::Unsaid | Expiry::Persist => {}
        }
    }
    Ok(())
}

fn append(cx: &mut Cx<'_>) -> Outcome {
    let (key, tail) = (cx.arg(1), cx.arg(2));
    let is_new = !cx.db().contains(key);
    let value = cx.db().get_or_new::<Str>(key)?;
    if value.bytes.len() + tail.len() > LONGEST {
        return Err(Error::TOO_LONG);
    }
    value.bytes.extend_from_slice(tail);
    value.form = if is_new { Form::Short } else { Form::Raw };
    let length = value.bytes.len();
    cx.changed(Events::STRING, "append", key);
    cx.out.count(length);
    Ok(())
}

fn strlen(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let length = cx
        .db()
        .get::<Str>(key)?
        .map_or(0, |value| value.bytes.len());
    cx.out.count(length);
    Ok(())
}

fn getrange(cx: &mut Cx<'_>) -> Outcome {
    let (start, end) = (cx.int(2)?, cx.int(3)?);
    let value = db!(cx)
        .get::<Str>(cx.args[1])?
        .map_or(&[][..], |value| &value.bytes);
    // Two ends counted from the back in the wrong order are empty before they are cut off.
    let part = if start < 0 && end < 0 && start > end {
        None
    } else {
        let end = if end < 0 {
            (end.saturating_add(value.len() as i64)).max(0)
        } else {
            end
        };
        clip(start, end, value.len())
    };
    cx.out
        .bulk(part.map_or(&[][..], |(start, end)| &value[start..end]));
    Ok(())
}

fn setrange(cx: &mut Cx<'_>) -> Outcome {
    let (key, part) = (cx.arg(1), cx.arg(3));
    let offset = cx.int(2)?;
    let offset = usize::try_from(offset).map_err(|_| Error::new("ERR offset is out of range"))?;
    let old = cx
        .db()
        .get::<Str>(key)?
        .map_or(0, |value| value.bytes.len());
    if part.is_empty() {
        cx.out.count(old);
        return Ok(());
    }
    if offset.saturating_add(part.len()) > LONGEST {
        return Err(Error::TOO_LONG);
    }
    let value = cx.db().get_or_new::<Str>(key)?;
    let end = offset + part.len();
    value.bytes.resize(old.max(end), 0);
    value.bytes[offset..end].copy_from_slice(part);
    value.form = Form::Raw;
    let length = value.bytes.len();
    cx.changed(Events::STRING, "setrange", key);
    cx.out.count(length);
    Ok(())
}

/// The options of LCS.
#[derive(Debug, Default)]
struct LcsOptions {
    length: bool,
    ranges: bool,
    least: usize,
    lengths: bool,
}

fn lcs_options(cx: &Cx<'_>) -> Result<LcsOptions, Error> {
    let mut options = LcsOptions::default();
    let mut at = 3;
    while at < cx.len() {
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"idx" => options.ranges = true,
            b"len" => options.length = true,
            b"withmatchlen" => options.lengths = true,
            b"minmatchlen" if at + 1 < cx.len() => {
                options.least = usize::try_from(cx.int(at + 1)?).unwrap_or_default();
                at += 1;
            }
            _ => return Err(Error::SYNTAX),
        }
        at += 1;
    }
    Ok(options)
}

fn lcs(cx: &mut Cx<'_>) -> Outcome {
    const TYPES: Error = Error::new("ERR The specified keys must contain string values");
    let mut texts = Vec::new();
    for key in &cx.args[1..3] {
        let value = db!(cx).get::<Str>(key).map_err(|_| TYPES)?;
        texts.push(value.map(|value| value.bytes.clone()).unwrap_or_default());
    }
    let options = lcs_options(cx)?;
    if options.length && options.ranges {
        return Err(Error::new(
            "ERR If you want both the length and indexes, please just use IDX.",
        ));
    }
    let (a, b) = (&texts[0], &texts[1]);
    // What Redis would need: a number of four bytes for each pair of prefixes.
    if (a.len() + 1).saturating_mul(b.len() + 1).saturating_mul(4) > LONGEST {
        return Err(Error::new(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
        ));
    }
    let found = common(a, b);
    if options.ranges {
        reply_ranges(cx, &found, &options);
    } else if options.length {
        cx.out.count(found.text.len());
    } else {
        cx.out.bulk(&found.text);
    }
    Ok(())
}

/// A longest common subsequence, and the ranges of both texts it consists of, from the end.
struct Common {
    text: Vec<u8>,
    ranges: Vec<(usize, usize, usize)>,
}

fn common(a: &[u8], b: &[u8]) -> Common {
    let width = b.len() + 1;
    let mut table = vec![0u32; (a.len() + 1) * width];
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            table[i * width + j] = if a[i - 1] == b[j - 1] {
                table[(i - 1) * width + j - 1] + 1
            } else {
                table[(i - 1) * width + j].max(table[i * width + j - 1])
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut found = Common {
        text: Vec::new(),
        ranges: Vec::new(),
    };
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            found.text.push(a[i - 1]);
            match found.ranges.last_mut() {
                Some((x, y, length)) if *x == i && *y == j => {
                    (*x, *y) = (i - 1, j - 1);
                    *length += 1;
                }
                _ => found.ranges.push((i - 1, j - 1, 1)),
            }
            i -= 1;
            j -= 1;
        } else if table[(i - 1) * width + j] > table[i * width + j - 1] {
            i -= 1;
        } else {
            j -= 1;
        }
    }
    found.text.reverse();
    found
}

fn reply_ranges(cx: &mut Cx<'_>, found: &Common, options: &LcsOptions) {
    cx.out.map(2);
    cx.out.text("matches");
    let kept: Vec<_> = found
        .ranges
        .iter()
        .filter(|range| range.2 >= options.least)
        .collect();
    cx.out.array(kept.len());
    for (x, y, length) in kept {
        cx.out.array(2 + usize::from(options.lengths));
        for start in [x, y] {
            cx.out.array(2);
            cx.out.count(*start);
            cx.out.count(start + length - 1);
        }
        if options.lengths {
            cx.out.count(*length);
        }
    }
    cx.out.text("len");
    cx.out.count(found.text.len());
}
