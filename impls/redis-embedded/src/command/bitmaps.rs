//! Bits of strings, one by one and as numbers of some bits.

use super::context::db;
use super::strings::LONGEST;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::bits::{self, Field, Overflow};
use crate::db::{Form, Str, Value, number};
use crate::profile::Profile;
use crate::server::events::Events;

commands! {
    "setbit" 4 [WRITE DENYOOM] (1, 1, 1) "bitmap" => setbit;
    "getbit" 3 [READONLY FAST] (1, 1, 1) "bitmap" => getbit;
    "bitcount" -2 [READONLY] (1, 1, 1) "bitmap" => bitcount;
    "bitpos" -3 [READONLY] (1, 1, 1) "bitmap" => bitpos;
    "bitop" -4 [WRITE DENYOOM SOURCES] (2, -1, 1) "bitmap" => bitop;
    "bitfield" -2 [WRITE DENYOOM] (1, 1, 1) "bitmap" => bitfield;
    "bitfield_ro" -2 [READONLY FAST] (1, 1, 1) "bitmap" => bitfield;
}

/// The place of a bit; behind a hash, it counts fields of some width.
fn offset(cx: &Cx<'_>, index: usize, width: Option<u32>) -> Result<usize, Error> {
    const WRONG: Error = Error::new("ERR bit offset is not an integer or out of range");
    let (digits, factor) = match (cx.arg(index), width) {
        ([b'#', rest @ ..], Some(width)) => (rest, i64::from(width)),
        (digits, _) => (digits, 1),
    };
    let bit = number::integer(digits).and_then(|number| number.checked_mul(factor));
    let bit = bit.and_then(|bit| usize::try_from(bit).ok());
    bit.filter(|bit| bit / 8 < LONGEST).ok_or(WRONG)
}

/// The string of a key, long enough for a bit; and whether it became longer for that.
fn grown<'a>(cx: &'a mut Cx<'_>, key: &[u8], bit: usize) -> Result<(&'a mut Str, bool), Error> {
    let is_new = !cx.db().contains(key);
    let value = db!(cx).get_or_new::<Str>(key)?;
    let grows = is_new || value.bytes.len() <= bit / 8;
    if grows {
        value.bytes.resize(bit / 8 + 1, 0);
    }
    value.form = Form::Raw;
    Ok((value, grows))
}

fn setbit(cx: &mut Cx<'_>) -> Outcome {
    const WRONG: &str = "ERR bit is not an integer or out of range";
    let key = cx.arg(1);
    let bit = offset(cx, 2, None)?;
    let on = match cx.int_or(3, WRONG)? {
        0 => false,
        1 => true,
        _ => return Err(Error::new(WRONG)),
    };
    let (value, grew) = grown(cx, key, bit)?;
    let before = bits::set(&mut value.bytes, bit, on);
    if grew || before != on {
        cx.changed(Events::STRING, "setbit", key);
    }
    cx.out.int(i64::from(before));
    Ok(())
}

fn getbit(cx: &mut Cx<'_>) -> Outcome {
    let bit = offset(cx, 2, None)?;
    let value = db!(cx).get::<Str>(cx.args[1])?;
    let on = value.is_some_and(|value| bits::get(&value.bytes, bit));
    cx.out.int(i64::from(on));
    Ok(())
}

/// Whether an argument says that a range counts bits.
fn counts_bits(cx: &Cx<'_>, index: usize) -> Result<bool, Error> {
    if cx.len() <= index || cx.is(index, "byte") {
        Ok(false)
    } else if cx.is(index, "bit") {
        Ok(true)
    } else {
        Err(Error::SYNTAX)
    }
}

/// The first and the last bit of a range of bytes or bits, which may be negative.
fn range(start: i64, end: i64, bytes: usize, by_bit: bool) -> Option<(usize, usize)> {
    let unit = if by_bit { 1 } else { 8 };
    let total = i64::try_from(bytes * 8 / unit).unwrap_or(i64::MAX);
    let place = |place: i64| {
        if place < 0 {
            place.saturating_add(total).max(0)
        } else {
            place
        }
    };
    // Also an end before its start, where both are negative, is a place.
    let (start, end) = (place(start), place(end).min(total - 1));
    if start > end {
        return None;
    }
    let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
    Some((start * unit, end * unit + unit - 1))
}

/// Whether all arguments behind the key are read before the key is looked at, as later versions do.
fn reads_first(cx: &Cx<'_>) -> bool {
    cx.state.profile.is_later()
}

/// The range of BITCOUNT: its ends, and whether it counts bits.
fn count_range(cx: &Cx<'_>) -> Result<Option<(i64, i64, bool)>, Error> {
    match cx.len() {
        2 => Ok(None),
        3 if cx.state.profile == Profile::Valkey9_1 => Ok(Some((cx.int(2)?, -1, false))),
        4 | 5 => {
            let start = cx.int(2)?;
            if cx.state.profile.is_valkey() {
                // It reads what the range counts before it reads its end.
                counts_bits(cx, 4)?;
            }
            let end = cx.int(3)?;
            Ok(Some((start, end, counts_bits(cx, 4)?)))
        }
        _ => Err(Error::SYNTAX),
    }
}

fn bitcount(cx: &mut Cx<'_>) -> Outcome {
    if reads_first(cx) {
        count_range(cx)?;
    }
    let Some(value) = db!(cx).get::<Str>(cx.args[1])? else {
        cx.out.int(0);
        return Ok(());
    };
    let length = value.bytes.len();
    if matches!(cx.len(), 4 | 5) && !reads_first(cx) {
        let (start, end) = (cx.int(2)?, cx.int(3)?);
        if start < 0 && end < 0 && start > end {
            cx.out.int(0);
            return Ok(());
        }
    }
    let found = match count_range(cx)? {
        None => range(0, -1, length, false),
        Some((start, end, _)) if start < 0 && end < 0 && start > end => None,
        Some((start, end, by_bit)) => range(start, end, length, by_bit),
    };
    let bytes = db!(cx).get::<Str>(cx.args[1])?.map(|value| &value.bytes);
    let count = found
        .zip(bytes)
        .map_or(0, |((first, last), bytes)| bits::count(bytes, first, last));
    cx.out.count(count);
    Ok(())
}

/// The range of BITPOS: its ends, and whether it counts bits.
fn pos_range(cx: &Cx<'_>) -> Result<(i64, i64, bool), Error> {
    if cx.len() > 6 {
        return Err(Error::SYNTAX);
    }
    let start = if cx.len() > 3 { cx.int(3)? } else { 0 };
    let by_bit = counts_bits(cx, 5)?;
    let end = if cx.len() > 4 { cx.int(4)? } else { -1 };
    Ok((start, end, by_bit))
}

fn bitpos(cx: &mut Cx<'_>) -> Outcome {
    let wanted = match cx.int(2)? {
        0 => false,
        1 => true,
        _ => return Err(Error::new("ERR The bit argument must be 1 or 0.")),
    };
    if reads_first(cx) {
        pos_range(cx)?;
    }
    let Some(value) = db!(cx).get::<Str>(cx.args[1])? else {
        cx.out.int(if wanted { -1 } else { 0 });
        return Ok(());
    };
    let length = value.bytes.len();
    let (start, end, by_bit) = pos_range(cx)?;
    let Some((first, last)) = range(start, end, length, by_bit) else {
        cx.out.int(-1);
        return Ok(());
    };
    let value = db!(cx).get::<Str>(cx.args[1])?;
    let found = value.and_then(|value| bits::find(&value.bytes, wanted, first, last));
    match found {
        Some(bit) => cx.out.count(bit),
        // Without an end, the string goes on with clear bits.
        None if !wanted && cx.len() <= 4 => cx.out.count(last + 1),
        None => cx.out.int(-1),
    }
    Ok(())
}

fn bitop(cx: &mut Cx<'_>) -> Outcome {
    let combine: fn(u8, u8) -> u8 = match cx.arg(1).to_ascii_lowercase().as_slice() {
        b"and" => |a, b| a & b,
        b"or" => |a, b| a | b,
        b"xor" => |a, b| a ^ b,
        b"not" if cx.len() != 4 => {
            return Err(Error::new(
                "ERR BITOP NOT must be called with a single source key.",
            ));
        }
        b"not" => |a, _| !a,
        b"diff" | b"diff1" | b"andor" | b"one" if cx.state.profile == Profile::Redis8_2 => {
            return bitop_of_groups(cx);
        }
        _ => return Err(Error::SYNTAX),
    };
    let sources = sources(cx)?;
    let mut sources = sources.into_iter();
    let mut result = sources.next().unwrap_or_default();
    if cx.len() == 4 && cx.is(1, "not") {
        result.iter_mut().for_each(|byte| *byte = combine(*byte, 0));
    }
    for source in sources {
        for (byte, other) in result.iter_mut().zip(source) {
            *byte = combine(*byte, other);
        }
    }
    store(cx, result);
    Ok(())
}

/// The strings that BITOP combines, with zeros behind the shorter ones.
fn sources(cx: &mut Cx<'_>) -> Result<Vec<Vec<u8>>, Error> {
    let mut sources: Vec<Vec<u8>> = Vec::new();
    for key in &cx.args[3..] {
        let value = db!(cx).get::<Str>(key)?;
        sources.push(value.map(|value| value.bytes.clone()).unwrap_or_default());
    }
    let length = sources.iter().map(Vec::len).max().unwrap_or_default();
    sources
        .iter_mut()
        .for_each(|source| source.resize(length, 0));
    Ok(sources)
}

/// The operations of Redis 8.2 that set the first string against all others, or count.
fn bitop_of_groups(cx: &mut Cx<'_>) -> Outcome {
    let name = String::from_utf8_lossy(cx.arg(1)).to_ascii_uppercase();
    if cx.len() < 5 && name != "ONE" {
        let text = format!("ERR BITOP {name} must be called with at least two source keys.");
        return Err(text.into());
    }
    let sources = sources(cx)?;
    let length = sources.first().map_or(0, Vec::len);
    let result = (0..length).map(|at| {
        let bytes = sources.iter().map(|source| source[at]);
        let (first, others) = (sources[0][at], bytes.clone().skip(1).fold(0, |a, b| a | b));
        match name.as_str() {
            "DIFF" => first & !others,
            "DIFF1" => others & !first,
            "ANDOR" => first & others,
            _ => {
                let (once, more) = bytes.fold((0, 0), |(once, more), byte| {
                    (once | byte, more | once & byte)
                });
                once & !more
            }
        }
    });
    let result = result.collect();
    store(cx, result);
    Ok(())
}

/// Stores what BITOP has made.
fn store(cx: &mut Cx<'_>, result: Vec<u8>) {
    let (target, length) = (cx.arg(2), result.len());
    if length == 0 {
        cx.clear(target);
    } else {
        let value = Str {
            bytes: result,
            form: Form::Raw,
        };
        cx.db().set(target, Value::Str(value));
        cx.changed(Events::STRING, "set", target);
    }
    cx.out.count(length);
}

/// A step of BITFIELD.
#[derive(Debug, Clone, Copy)]
struct Step {
    field: Field,
    at: usize,
    work: Work,
    overflow: Overflow,
}

#[derive(Debug, Clone, Copy)]
enum Work {
    Get,
    Set(i64),
    Add(i64),
}

fn field(text: &[u8]) -> Result<Field, Error> {
    const WRONG: Error = Error::new(
        "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but \
         i64 is.",
    );
    let (signed, digits) = match text {
        [b'i', digits @ ..] => (true, digits),
        [b'u', digits @ ..] => (false, digits),
        _ => return Err(WRONG),
    };
    let most = if signed { 64 } else { 63 };
    let width = number::integer(digits).filter(|width| (1..=most).contains(width));
    let width = width.and_then(|width| u32::try_from(width).ok());
    Ok(Field {
        signed,
        width: width.ok_or(WRONG)?,
    })
}

fn steps(cx: &Cx<'_>) -> Result<Vec<Step>, Error> {
    let mut steps = Vec::new();
    let mut overflow = Overflow::Wrap;
    let mut at = 2;
    while at < cx.len() {
        let more = cx.len() - at - 1;
        if more >= 1 && cx.is(at, "overflow") {
            overflow = match cx.arg(at + 1).to_ascii_lowercase().as_slice() {
                b"wrap" => Overflow::Wrap,
                b"sat" => Overflow::Saturate,
                b"fail" => Overflow::Fail,
                _ => return Err(Error::new("ERR Invalid OVERFLOW type specified")),
            };
            at += 2;
            continue;
        }
        let reads = cx.is(at, "get");
        let known = reads || cx.is(at, "set") || cx.is(at, "incrby");
        if !known || more < if reads { 2 } else { 3 } {
            return Err(Error::SYNTAX);
        }
        let field = field(cx.arg(at + 1))?;
        let place = offset(cx, at + 2, Some(field.width))?;
        let work = if reads {
            Work::Get
        } else if cx.is(at, "set") {
            Work::Set(cx.int(at + 3)?)
        } else {
            Work::Add(cx.int(at + 3)?)
        };
        steps.push(Step {
            field,
            at: place,
            work,
            overflow,
        });
        at += if reads { 3 } else { 4 };
    }
    Ok(steps)
}

fn bitfield(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let steps = steps(cx)?;
    let writes = steps.iter().filter(|step| !matches!(step.work, Work::Get));
    let last = writes
        .map(|step| step.at + step.field.width as usize - 1)
        .max();
    let Some(last) = last else {
        let value = db!(cx).get::<Str>(key)?;
        let bytes = value
            .map(|value| value.bytes.as_slice())
            .unwrap_or_default();
        cx.out.array(steps.len());
        for step in &steps {
            cx.out.int(step.field.read(bytes, step.at));
        }
        return Ok(());
    };
    if cx.command.name == "bitfield_ro" {
        return Err(Error::new(
            "ERR BITFIELD_RO only supports the GET subcommand",
        ));
    }
    let (value, grew) = grown(cx, key, last)?;
    let mut changed = false;
    let replies: Vec<Option<i64>> = steps
        .iter()
        .map(|step| run(&mut value.bytes, *step, grew, &mut changed))
        .collect();
    cx.out.array(replies.len());
    for reply in replies {
        match reply {
            Some(number) => cx.out.int(number),
            None => cx.out.null(),
        }
    }
    if changed {
        cx.changed(Events::STRING, "setbit", key);
    }
    Ok(())
}

/// Does one step; none when it would overflow and must not.
fn run(bytes: &mut [u8], step: Step, grew: bool, changed: &mut bool) -> Option<i64> {
    let Step { field, at, .. } = step;
    let before = field.read(bytes, at);
    let (exact, adds) = match step.work {
        Work::Get => return Some(before),
        Work::Set(value) => (field.given(value), false),
        Work::Add(by) => (i128::from(before) + i128::from(by), true),
    };
    let after = field.fit(exact, step.overflow)?;
    field.write(bytes, at, after);
    *changed |= grew || before != after;
    Some(if adds { after } else { before })
}
