//! The arguments of commands about expiring fields, as Redis and as Valkey read them.
//!
//! Redis goes from the left, and looks at the key before most of it. Valkey looks for the word FIELDS first, then at
//! what stands before it, and at the key last.

use crate::command::context::db;
use crate::command::{Cx, Error};
use crate::db::{Hash, number};

/// The last time that Redis keeps for a field, in Unix milliseconds: its tables have 46 bits for it.
const LAST: i64 = (1 << 46) - 1;

const MISMATCH: Error =
    Error::new("ERR numfields should be greater than 0 and match the provided number of fields");
const MISPLACED: Error =
    Error::new("ERR Mandatory argument FIELDS is missing or not at the right position");

/// `FIELDS count field…`, whose fields are not read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clause(usize);

impl Clause {
    /// The clause that has to stand at a place.
    pub(super) fn read(cx: &mut Cx<'_>, at: usize) -> Result<Clause, Error> {
        if cx.state.profile.is_valkey() {
            return cx
                .is(at, "fields")
                .then_some(Clause(at))
                .ok_or(Error::SYNTAX);
        }
        of_hash(cx)?;
        cx.is(at, "fields").then_some(Clause(at)).ok_or(MISPLACED)
    }

    /// The fields, whose number must be what the count says.
    pub(super) fn fields<'a>(self, cx: &mut Cx<'a>) -> Result<&'a [&'a [u8]], Error> {
        let (fields, count) = (self.rest(cx), number::integer(cx.arg(self.0 + 1)));
        if cx.state.profile.is_valkey() {
            let count = count.ok_or(Error::NOT_INTEGER)?;
            let right = usize::try_from(count) == Ok(fields.len()) && count > 0;
            // HTTL and its like say less than the others.
            let reads = cx.command.has(crate::command::flag::READONLY);
            let error = if reads { Error::SYNTAX } else { MISMATCH };
            return right.then_some(fields).ok_or(error);
        }
        let expires = cx.command.name.contains("expire") && cx.command.name.len() < 11;
        let none = if expires && !cx.command.has(crate::command::flag::READONLY) {
            Error::new("ERR Parameter `numFields` should be greater than 0")
        } else {
            Error::new("ERR Number of fields must be a positive integer")
        };
        let count = count.filter(|count| *count > 0).ok_or(none)?;
        let right = usize::try_from(count) == Ok(fields.len());
        right.then_some(fields).ok_or(Error::new(
            "ERR The `numfields` parameter must match the number of arguments",
        ))
    }

    fn rest<'a>(self, cx: &Cx<'a>) -> &'a [&'a [u8]] {
        cx.args.get(self.0 + 2..).unwrap_or_default()
    }
}

/// Sees that a key is a hash, if it is there.
fn of_hash(cx: &mut Cx<'_>) -> Result<(), Error> {
    let key = cx.arg(1);
    db!(cx).get::<Hash>(key)?;
    Ok(())
}

/// On which times HEXPIRE depends.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Conditions {
    none: bool,
    some: bool,
    later: bool,
    earlier: bool,
}

impl Conditions {
    /// Whether a field may get a time instead of the one that it has.
    pub(super) fn allow(self, old: Option<i64>, new: i64) -> bool {
        !(self.none && old.is_some()
            || self.some && old.is_none()
            || self.later && old.is_none_or(|old| new <= old)
            || self.earlier && old.is_some_and(|old| new >= old))
    }

    /// Takes a word in; false when it is none of them.
    fn take(&mut self, word: &[u8]) -> bool {
        let place = match word.to_ascii_lowercase().as_slice() {
            b"nx" => &mut self.none,
            b"xx" => &mut self.some,
            b"gt" => &mut self.later,
            b"lt" => &mut self.earlier,
            _ => return false,
        };
        *place = true;
        true
    }

    fn check(self) -> Result<Conditions, Error> {
        if self.none && (self.some || self.later || self.earlier) {
            Err(Error::new(
                "ERR NX and XX, GT or LT options at the same time are not compatible",
            ))
        } else if self.later && self.earlier {
            Err(Error::new(
                "ERR GT and LT options at the same time are not compatible",
            ))
        } else {
            Ok(self)
        }
    }
}

/// The arguments of HEXPIRE and its like: the time in Unix milliseconds, when it is set, and the fields.
pub(super) fn hexpire<'a>(cx: &mut Cx<'a>) -> Result<(i64, Conditions, &'a [&'a [u8]]), Error> {
    let time = Time {
        index: 2,
        seconds: !cx.command.name.starts_with("hp"),
        absolute: cx.command.name.ends_with("at"),
    };
    let mut conditions = Conditions::default();
    if cx.state.profile.is_valkey() {
        let at = find(cx, 3)?;
        for word in &cx.args[3..at] {
            if !conditions.take(word) {
                return Err([b"ERR Unsupported option ", *word].concat().into());
            }
        }
        let conditions = conditions.check()?;
        let fields = Clause(at).fields(cx)?;
        return Ok((time.read(cx)?, conditions, fields));
    }
    of_hash(cx)?;
    let when = time.read(cx)?;
    let at = if conditions.take(cx.arg(3)) { 4 } else { 3 };
    let fields = Clause::read(cx, at)?.fields(cx)?;
    Ok((when, conditions, fields))
}

/// Where Valkey finds the word FIELDS.
fn find(cx: &Cx<'_>, from: usize) -> Result<usize, Error> {
    let found = (from..cx.len() - 1).find(|at| cx.is(*at, "fields"));
    found.ok_or(MISMATCH)
}

/// A time as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Time {
    index: usize,
    seconds: bool,
    absolute: bool,
}

impl Time {
    /// Whether a word announces a time in seconds, and one since the beginning of 1970.
    fn kind(word: &[u8]) -> Option<(bool, bool)> {
        match word.to_ascii_lowercase().as_slice() {
            b"ex" => Some((true, false)),
            b"px" => Some((false, false)),
            b"exat" => Some((true, true)),
            b"pxat" => Some((false, true)),
            _ => None,
        }
    }

    /// The time that a word announces in the next argument.
    fn of(cx: &Cx<'_>, at: usize) -> Option<Time> {
        let (seconds, absolute) = Time::kind(cx.arg(at))?;
        let index = at + 1;
        (index < cx.len()).then_some(Time {
            index,
            seconds,
            absolute,
        })
    }

    /// Its value in Unix milliseconds.
    fn read(self, cx: &Cx<'_>) -> Result<i64, Error> {
        let valkey = cx.state.profile.is_valkey();
        let command = cx.command.name;
        let invalid = || Error::from(format!("ERR invalid expire time in '{command}' command"));
        let value = cx.int(self.index)?;
        if value < 0 {
            return Err(if valkey {
                invalid()
            } else {
                Error::new("ERR invalid expire time, must be >= 0")
            });
        }
        let millis = value.checked_mul(if self.seconds { 1000 } else { 1 });
        let base = if self.absolute { 0 } else { cx.now() };
        let at = millis.and_then(|millis| millis.checked_add(base));
        at.filter(|at| valkey || *at <= LAST).ok_or_else(invalid)
    }
}

/// What becomes of the times of fields that are read or set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Expiry {
    #[default]
    Unsaid,
    Keep,
    Persist,
    At(i64),
}

/// What HGETEX and HSETEX are asked for.
#[derive(Debug, Default)]
pub(super) struct Options<'a> {
    pub(super) expiry: Expiry,
    /// Only if the key is missing, or there; only Valkey has it.
    pub(super) key: Presence,
    /// Only if all fields are missing, or all are there.
    pub(super) all: Presence,
    /// The fields, with their values for HSETEX.
    pub(super) fields: &'a [&'a [u8]],
}

/// What has to be there already, or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Presence {
    #[default]
    Any,
    Missing,
    There,
}

impl Presence {
    /// Takes a word for it, unless it was told the opposite.
    fn take(&mut self, asked: Presence) -> Result<(), Error> {
        if *self != Presence::Any && *self != asked {
            return Err(Error::SYNTAX);
        }
        *self = asked;
        Ok(())
    }

    pub(super) fn allows(self, there: bool) -> bool {
        match self {
            Presence::Any => true,
            Presence::Missing => !there,
            Presence::There => there,
        }
    }
}

/// The arguments of HGETEX.
pub(super) fn hgetex<'a>(cx: &mut Cx<'a>) -> Result<Options<'a>, Error> {
    if cx.state.profile.is_valkey() {
        return valkey(cx, false);
    }
    of_hash(cx)?;
    let (expiry, at) = match Time::of(cx, 2) {
        Some(time) => (Expiry::At(time.read(cx)?), 4),
        None if cx.is(2, "persist") => (Expiry::Persist, 3),
        None => (Expiry::Unsaid, 2),
    };
    if at + 1 >= cx.len() {
        return Err(cx.arity());
    }
    let fields = Clause::read(cx, at)?.fields(cx)?;
    Ok(Options {
        expiry,
        fields,
        ..Options::default()
    })
}

/// The arguments of HSETEX.
pub(super) fn hsetex<'a>(cx: &mut Cx<'a>) -> Result<Options<'a>, Error> {
    if cx.state.profile.is_valkey() {
        return valkey(cx, true);
    }
    let options = redis_hsetex(cx)?;
    of_hash(cx)?;
    Ok(options)
}

fn redis_hsetex<'a>(cx: &Cx<'a>) -> Result<Options<'a>, Error> {
    let mut options = Options::default();
    let mut at = 2;
    while at < cx.len() {
        let all = match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"fnx" => Presence::Missing,
            b"fxx" => Presence::There,
            _ => Presence::Any,
        };
        let time = Time::of(cx, at);
        if cx.is(at, "fields") {
            // One pair at the least, whatever the number says.
            if at + 3 >= cx.len() {
                return Err(cx.arity());
            }
            options.fields = pairs(cx, at)?;
            return Ok(options);
        } else if all != Presence::Any {
            if options.all != Presence::Any {
                return Err(Error::new(
                    "ERR Only one of FXX or FNX arguments can be specified",
                ));
            }
            options.all = all;
        } else if Time::kind(cx.arg(at)).is_some() || cx.is(at, "keepttl") {
            if options.expiry != Expiry::Unsaid {
                return Err(Error::new(
                    "ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified",
                ));
            }
            options.expiry = time.map_or(Ok(Expiry::Keep), |time| time.read(cx).map(Expiry::At))?;
            at += usize::from(time.is_some());
        } else {
            return Err([b"ERR unknown argument: ", cx.arg(at)].concat().into());
        }
        at += 1;
    }
    Err(Error::new("ERR missing FIELDS argument"))
}

/// The fields and values behind the word FIELDS, in Redis.
fn pairs<'a>(cx: &Cx<'a>, at: usize) -> Result<&'a [&'a [u8]], Error> {
    let count = number::integer(cx.arg(at + 1)).and_then(|count| i32::try_from(count).ok());
    let count = count.and_then(|count| usize::try_from(count).ok());
    let count = count.filter(|count| *count > 0);
    let count = count.ok_or(Error::new("ERR invalid number of fields"))?;
    let pairs = Clause(at).rest(cx);
    let right = count.checked_mul(2) == Some(pairs.len());
    right.then_some(pairs).ok_or_else(|| cx.arity())
}

/// The arguments of both in Valkey, which looks at the key in between, and at the time behind that.
fn valkey<'a>(cx: &mut Cx<'a>, sets: bool) -> Result<Options<'a>, Error> {
    // It takes even a key of that name for the word.
    let at = find(cx, 1)?;
    let (mut options, time) = valkey_options(cx, at, sets)?;
    let count = cx.int(at + 1)?;
    options.fields = Clause(at).rest(cx);
    let expected = if sets {
        count.checked_mul(2)
    } else {
        Some(count)
    };
    let expected = expected.and_then(|expected| usize::try_from(expected).ok());
    if count == 0 || expected != Some(options.fields.len()) {
        return Err(MISMATCH);
    }
    of_hash(cx)?;
    let key = cx.arg(1);
    let there = cx.db().contains(key);
    if let Some(time) = time.filter(|_| options.key.allows(there)) {
        options.expiry = Expiry::At(time.read(cx)?);
    }
    Ok(options)
}

/// What stands before the word FIELDS in Valkey; the time is not read yet.
fn valkey_options<'a>(
    cx: &Cx<'a>,
    end: usize,
    sets: bool,
) -> Result<(Options<'a>, Option<Time>), Error> {
    let mut options = Options::default();
    let mut time: Option<Time> = None;
    let mut at = 2;
    while at < end {
        let found = Time::of(cx, at).filter(|found| found.index < end);
        match cx.arg(at).to_ascii_lowercase().as_slice() {
            b"nx" if sets => options.key.take(Presence::Missing)?,
            b"xx" if sets => options.key.take(Presence::There)?,
            b"fnx" if sets => options.all.take(Presence::Missing)?,
            b"fxx" if sets => options.all.take(Presence::There)?,
            b"keepttl" if sets && time.is_none() => options.expiry = Expiry::Keep,
            b"persist" if !sets && time.is_none() => options.expiry = Expiry::Persist,
            _ => {
                let found = found.ok_or(Error::SYNTAX)?;
                // The same word again is no conflict: the last one counts.
                let same =
                    |time: Time| (time.seconds, time.absolute) == (found.seconds, found.absolute);
                if options.expiry != Expiry::Unsaid || !time.is_none_or(same) {
                    return Err(Error::SYNTAX);
                }
                time = Some(found);
                at += 1;
            }
        }
        at += 1;
    }
    Ok((options, time))
}
