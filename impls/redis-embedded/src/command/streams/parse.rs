//! Ids of entries as commands are given them.

use crate::command::{Cx, Error};
use crate::db::number;
use crate::db::stream::StreamId;

const INVALID: Error = Error::new("ERR Invalid stream ID specified as stream command argument");

/// A number as C's `strtoull` reads it after Redis' own strict form did not fit.
fn unsigned(text: &[u8]) -> Option<u64> {
    if let Some(number) = number::integer(text) {
        return u64::try_from(number).ok();
    }
    let start = text
        .iter()
        .position(|byte| !matches!(byte, b' ' | b'\t'..=b'\r'))?;
    let (negative, digits) = match &text[start..] {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number: u64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(if negative {
        number.wrapping_neg()
    } else {
        number
    })
}

/// The milliseconds of an id, and its sequence number; none stands for a star in its place.
fn parts(text: &[u8], missing: u64) -> Option<(u64, Option<u64>)> {
    if text.len() > 127 {
        return None;
    }
    // Redis looks at a C string, which ends at a NUL.
    let text = text.split(|byte| *byte == 0).next()?;
    let Some(dash) = text.iter().position(|byte| *byte == b'-') else {
        return Some((unsigned(text)?, Some(missing)));
    };
    let ms = unsigned(&text[..dash])?;
    match &text[dash + 1..] {
        b"*" => Some((ms, None)),
        seq => Some((ms, Some(unsigned(seq)?))),
    }
}

/// An id of numbers; `missing` is the sequence number of one that has none.
pub(super) fn strict(text: &[u8], missing: u64) -> Result<StreamId, Error> {
    match parts(text, missing) {
        Some((ms, Some(seq))) => Ok(StreamId { ms, seq }),
        _ => Err(INVALID),
    }
}

/// The same, or the least or the greatest id.
pub(super) fn id(text: &[u8], missing: u64) -> Result<StreamId, Error> {
    match text {
        b"-" => Ok(StreamId::MIN),
        b"+" => Ok(StreamId::MAX),
        text => strict(text, missing),
    }
}

/// The id of a new entry.
#[derive(Debug, Clone, Copy)]
pub(super) enum NewId {
    Auto,
    /// Only the milliseconds are given.
    Within(u64),
    Given(StreamId),
}

pub(super) fn new_id(text: &[u8]) -> Result<NewId, Error> {
    match parts(text, 0) {
        Some((ms, Some(seq))) => Ok(NewId::Given(StreamId { ms, seq })),
        Some((ms, None)) => Ok(NewId::Within(ms)),
        None => Err(INVALID),
    }
}

/// The start of an interval, which a bracket excludes.
pub(super) fn start(text: &[u8]) -> Result<StreamId, Error> {
    match text {
        [b'(', rest @ ..] if !rest.is_empty() => strict(rest, 0)?
            .next()
            .ok_or(Error::new("ERR invalid start ID for the interval")),
        text => id(text, 0),
    }
}

/// The end of an interval, which a bracket excludes.
pub(super) fn end(text: &[u8]) -> Result<StreamId, Error> {
    match text {
        [b'(', rest @ ..] if !rest.is_empty() => strict(rest, u64::MAX)?
            .previous()
            .ok_or(Error::new("ERR invalid end ID for the interval")),
        text => id(text, u64::MAX),
    }
}

/// All of some arguments as ids.
pub(super) fn ids(texts: &[&[u8]]) -> Result<Vec<StreamId>, Error> {
    texts.iter().map(|text| strict(text, 0)).collect()
}

/// A number of milliseconds or the like, with an error that names the option.
pub(super) fn number_for(cx: &Cx<'_>, index: usize, what: &str) -> Result<i64, Error> {
    let number = number::integer(cx.arg(index));
    number.ok_or_else(|| {
        let command = cx.command.name.to_ascii_uppercase();
        format!("ERR Invalid {what} argument for {command}").into()
    })
}
