//! Strings as arrays of bits and of small integers.

use super::args::clip;
use super::context::db;
use super::strings::LONGEST;
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::db::number::integer;
use crate::db::{Form, Str, Value};
use crate::server::config::Events;

commands! {
    "setbit" 4 [WRITE DENYOOM] (1, 1, 1) "bitmap" => setbit;
    "getbit" 3 [READONLY FAST] (1, 1, 1) "bitmap" => getbit;
    "bitcount" -2 [READONLY] (1, 1, 1) "bitmap" => bitcount;
    "bitpos" -3 [READONLY] (1, 1, 1) "bitmap" => bitpos;
    "bitop" -4 [WRITE DENYOOM] (2, -1, 1) "bitmap" => bitop;
    "bitfield" -2 [WRITE DENYOOM] (1, 1, 1) "bitmap" => bitfield;
    "bitfield_ro" -2 [READONLY FAST] (1, 1, 1) "bitmap" => bitfield;
}

const OFFSET: Error = Error::new("ERR bit offset is not an integer or out of range");

/// The offset of a bit; with a mark, it counts in integers of so many bits.
fn offset(text: &[u8], width: Option<u32>) -> Result<usize, Error> {
    let (text, factor) = match (text, width) {
        ([b'#', rest @ ..], Some(width)) => (rest, i64::from(width)),
        (text, _) => (text, 1),
    };
    let offset = integer(text)
        .and_then(|offset| offset.checked_mul(factor))
        .ok_or(OFFSET)?;
    usize::try_from(offset)
        .ok()
        .filter(|offset| offset >> 3 < LONGEST)
        .ok_or(OFFSET)
}

fn bit(bytes: &[u8], at: usize) -> bool {
    bytes
        .get(at >> 3)
        .is_some_and(|byte| byte >> (7 - (at & 7)) & 1 == 1)
}

fn put(bytes: &mut [u8], at: usize, value: bool) {
    let mask = 1 << (7 - (at & 7));
    if value {
        bytes[at >> 3] |= mask;
    } else {
        bytes[at >> 3] &= !mask;
    }
}

/// A key's string, long enough for a number of bits.
fn grown<'s>(cx: &'s mut Cx<'_>, key: &[u8], bits: usize) -> Result<&'s mut Vec<u8>, Error> {
    let value = db!(cx).get_or_new::<Str>(key)?;
    value.form = Form::Raw;
    if value.bytes.len() < bits.div_ceil(8) {
        value.bytes.resize(bits.div_ceil(8), 0);
    }
    Ok(&mut value.bytes)
}

fn setbit(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let at = offset(cx.arg(2), None)?;
    let value = match integer(cx.arg(3)) {
        Some(value @ 0..=1) => value == 1,
        _ => return Err(Error::new("ERR bit is not an integer or out of range")),
    };
    let bytes = grown(cx, key, at + 1)?;
    let old = bit(bytes, at);
    put(bytes, at, value);
    cx.changed(Events::STRING, "setbit", key);
    cx.out.int(i64::from(old));
    Ok(())
}

fn getbit(cx: &mut Cx<'_>) -> Outcome {
    let at = offset(cx.arg(2), None)?;
    let value = db!(cx).get::<Str>(cx.args[1])?;
    cx.out
        .int(i64::from(value.is_some_and(|value| bit(&value.bytes, at))));
    Ok(())
}

/// Whether the unit at an index is bits.
fn in_bits(cx: &Cx<'_>, index: usize) -> Result<bool, Error> {
    match cx.args.get(index) {
        None => Ok(false),
        Some(_) if cx.is(index, "bit") => Ok(true),
        Some(_) if cx.is(index, "byte") => Ok(false),
        Some(_) => Err(Error::SYNTAX),
    }
}

fn bitcount(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let length = match cx.db().get::<Str>(key)? {
        None => {
            cx.out.int(0);
            return Ok(());
        }
        Some(value) => value.bytes.len(),
    };
    let (start, end) = match cx.len() {
        2 => (0, length * 8),
        4 | 5 => {
            let (start, end) = (cx.int(2)?, cx.int(3)?);
            let bits = in_bits(cx, 4)?;
            if start < 0 && end < 0 && start > end {
                cx.out.int(0);
                return Ok(());
            }
            span(start, end, length, bits).unwrap_or_default()
        }
        _ => return Err(Error::SYNTAX),
    };
    let value = db!(cx)
        .get::<Str>(key)?
        .map_or(&[][..], |value| &value.bytes);
    cx.out.count(count(value, start, end));
    Ok(())
}

/// The bits from a start to an end, which is included and may count from the back.
fn span(start: i64, end: i64, length: usize, bits: bool) -> Option<(usize, usize)> {
    let total = if bits { length * 8 } else { length };
    let end = if end < 0 {
        end.saturating_add(total as i64).max(0)
    } else {
        end
    };
    let (start, end) = clip(start, end, total)?;
    Some(if bits {
        (start, end)
    } else {
        (start * 8, end * 8)
    })
}

fn count(bytes: &[u8], start: usize, end: usize) -> usize {
    let mut total = 0;
    let mut at = start;
    while at < end {
        if at & 7 == 0 && at + 8 <= end {
            total += bytes[at >> 3].count_ones() as usize;
            at += 8;
        } else {
            total += usize::from(bit(bytes, at));
            at += 1;
        }
    }
    total
}

fn bitpos(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let wanted = match integer(cx.arg(2)).ok_or(Error::NOT_INTEGER)? {
        0 => false,
        1 => true,
        _ => return Err(Error::new("ERR The bit argument must be 1 or 0.")),
    };
    let Some(length) = cx.db().get::<Str>(key)?.map(|value| value.bytes.len()) else {
        cx.out.int(if wanted { -1 } else { 0 });
        return Ok(());
    };
    let (start, end) = match cx.len() {
        3 => (0, length * 8),
        4..=6 => {
            let start = cx.int(3)?;
            let bits = in_bits(cx, 5)?;
            let end = if cx.len() > 4 { cx.int(4)? } else { i64::MAX };
            span(start, end, length, bits).unwrap_or_default()
        }
        _ => return Err(Error::SYNTAX),
    };
    let value = db!(cx)
        .get::<Str>(key)?
        .map_or(&[][..], |value| &value.bytes);
    let found = (start..end).find(|at| bit(value, *at) == wanted);
    match found {
        Some(at) => cx.out.count(at),
        // Without an end, the string goes on with zeros.
        None if !wanted && cx.args.len() < 5 && start < end => cx.out.count(value.len() * 8),
        None => cx.out.int(-1),
    }
    Ok(())
}

fn bitop(cx: &mut Cx<'_>) -> Outcome {
    let target = cx.arg(2);
    let combine: fn(u8, u8) -> u8 = match cx.arg(1).to_ascii_lowercase().as_slice() {
        b"and" => |a, b| a & b,
        b"or" => |a, b| a | b,
        b"xor" => |a, b| a ^ b,
        b"not" if cx.len() != 4 => {
            return Err(Error::new(
                "ERR BITOP NOT must be called with a single source key.",
            ));
        }
        b"not" => |a, _| a,
        _ => return Err(Error::SYNTAX),
    };
    let negates = cx.is(1, "not");
    let mut sources = Vec::new();
    for key in &cx.args[3..] {
        sources.push(
            cx.db()
                .get::<Str>(key)?
                .map(|value| value.bytes.clone())
                .unwrap_or_default(),
        );
    }
    let length = sources.iter().map(Vec::len).max().unwrap_or_default();
    let byte = |source: &Vec<u8>, at: usize| source.get(at).copied().unwrap_or_default();
    let result: Vec<u8> = (0..length)
        .map(|at| match sources.as_slice() {
            [only] if negates => !byte(only, at),
            sources => sources[1..]
                .iter()
                .fold(byte(&sources[0], at), |sum, source| {
                    combine(sum, byte(source, at))
                }),
        })
        .collect();
    if length > 0 {
        cx.db().set(
            target,
            Value::Str(Str {
                bytes: result,
                form: Form::Raw,
            }),
        );
        cx.changed(Events::STRING, "set", target);
    } else {
        cx.delete(target);
    }
    cx.out.count(length);
    Ok(())
}

/// A type of integer, such as `u8` or `i5`.
#[derive(Debug, Clone, Copy)]
struct Shape {
    signed: bool,
    width: u32,
}

/// What happens to a result that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

impl Shape {
    fn read(text: &[u8]) -> Result<Shape, Error> {
        const WRONG: Error = Error::new(
            "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported \
             but i64 is.",
        );
        let (signed, digits) = match text {
            [b'i', digits @ ..] => (true, digits),
            [b'u', digits @ ..] => (false, digits),
            _ => return Err(WRONG),
        };
        let width = integer(digits)
            .and_then(|width| u32::try_from(width).ok())
            .ok_or(WRONG)?;
        let most = if signed { 64 } else { 63 };
        if (1..=most).contains(&width) {
            Ok(Shape { signed, width })
        } else {
            Err(WRONG)
        }
    }

    fn load(self, bytes: &[u8], at: usize) -> i64 {
        let width = self.width as usize;
        let raw = (at..at + width).fold(0u64, |sum, place| sum << 1 | u64::from(bit(bytes, place)));
        let shift = 64 - self.width;
        if self.signed {
            (raw << shift).cast_signed() >> shift
        } else {
            raw.cast_signed()
        }
    }

    fn store(self, bytes: &mut [u8], at: usize, value: i64) {
        for place in 0..self.width {
            let value = value.cast_unsigned() >> (self.width - 1 - place) & 1 == 1;
            put(bytes, at + place as usize, value);
        }
    }

    /// What of a value is kept; none when it does not fit and that is to fail.
    fn fit(self, value: i128, overflow: Overflow) -> Option<i64> {
        let (low, high) = if self.signed {
            (
                -(1i128 << (self.width - 1)),
                (1i128 << (self.width - 1)) - 1,
            )
        } else {
            (0, (1i128 << self.width) - 1)
        };
        if (low..=high).contains(&value) {
            return i64::try_from(value).ok();
        }
        match overflow {
            Overflow::Fail => None,
            Overflow::Saturate => i64::try_from(value.clamp(low, high)).ok(),
            Overflow::Wrap => {
                let size = 1i128 << self.width;
                let wrapped = value.rem_euclid(size);
                i64::try_from(if wrapped > high {
                    wrapped - size
                } else {
                    wrapped
                })
                .ok()
            }
        }
    }
}

/// One operation of BITFIELD.
#[derive(Debug, Clone, Copy)]
enum Step {
    Get,
    Set(i64, Overflow),
    Increment(i64, Overflow),
}

fn steps(cx: &Cx<'_>) -> Result<Vec<(Step, Shape, usize)>, Error> {
    let mut steps = Vec::new();
    let mut overflow = Overflow::Wrap;
    let mut at = 2;
    while at < cx.len() {
        let rest = cx.len() - at - 1;
        let word = cx.arg(at).to_ascii_lowercase();
        let more = match word.as_slice() {
            b"get" if rest >= 2 => 2,
            b"set" | b"incrby" if rest >= 3 => 3,
            b"overflow" if rest >= 1 => {
                overflow = match cx.arg(at + 1).to_ascii_lowercase().as_slice() {
                    b"wrap" => Overflow::Wrap,
                    b"sat" => Overflow::Saturate,
                    b"fail" => Overflow::Fail,
                    _ => return Err(Error::new("ERR Invalid OVERFLOW type specified")),
                };
                at += 2;
                continue;
            }
            _ => return Err(Error::SYNTAX),
        };
        let shape = Shape::read(cx.arg(at + 1))?;
        let place = offset(cx.arg(at + 2), Some(shape.width))?;
        if (place + shape.width as usize - 1) >> 3 >= LONGEST {
            return Err(OFFSET);
        }
        let step = match word.as_slice() {
            b"get" => Step::Get,
            b"set" => Step::Set(cx.int(at + 3)?, overflow),
            _ => Step::Increment(cx.int(at + 3)?, overflow),
        };
        steps.push((step, shape, place));
        at += 1 + more;
    }
    Ok(steps)
}

fn bitfield(cx: &mut Cx<'_>) -> Outcome {
    let key = cx.arg(1);
    let steps = steps(cx)?;
    let writes = steps.iter().filter(|(step, ..)| !matches!(step, Step::Get));
    let needed = writes.map(|(_, shape, at)| at + shape.width as usize).max();
    if needed.is_some() && cx.command.name == "bitfield_ro" {
        return Err(Error::new(
            "ERR BITFIELD_RO only supports the GET subcommand",
        ));
    }
    let mut bytes = cx
        .db()
        .get::<Str>(key)?
        .map(|value| value.bytes.clone())
        .unwrap_or_default();
    if let Some(bits) = needed {
        let length = bytes.len().max(bits.div_ceil(8));
        bytes.resize(length, 0);
    }
    let mut changes = false;
    cx.out.array(steps.len());
    for (step, shape, at) in steps {
        let old = shape.load(&bytes, at);
        let (reply, new) = match step {
            Step::Get => (Some(old), None),
            Step::Set(value, overflow) => {
                let value = if shape.signed {
                    i128::from(value)
                } else {
                    i128::from(value.cast_unsigned())
                };
                let new = shape.fit(value, overflow);
                (new.map(|_| old), new)
            }
            Step::Increment(by, overflow) => {
                let new = shape.fit(i128::from(old) + i128::from(by), overflow);
                (new, new)
            }
        };
        if let Some(new) = new {
            shape.store(&mut bytes, at, new);
            changes = true;
        }
        match reply {
            Some(number) => cx.out.int(number),
            None => cx.out.null(),
        }
    }
    if needed.is_some() {
        let value = db!(cx).get_or_new::<Str>(key)?;
        *value = Str {
            bytes,
            form: Form::Raw,
        };
    }
    if changes {
        cx.changed(Events::STRING, "setbit", key);
    }
    Ok(())
}
