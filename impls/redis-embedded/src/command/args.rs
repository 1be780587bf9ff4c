//! Arguments as numbers, times and options.

use super::{Cx, Error};
use crate::db::double::{Double, Range, is_hexadecimal};
use crate::db::number;
use crate::profile::Profile;

impl Cx<'_> {
    pub(crate) fn int(&self, index: usize) -> Result<i64, Error> {
        number::integer(self.arg(index)).ok_or(Error::NOT_INTEGER)
    }

    /// An integer, or an error of the command's own.
    pub(crate) fn int_or(&self, index: usize, error: &'static str) -> Result<i64, Error> {
        number::integer(self.arg(index)).ok_or(Error::new(error))
    }

    /// A count that must not be negative, as `getPositiveLongFromObjectOrReply` reads it.
    pub(crate) fn positive(&self, index: usize) -> Result<usize, Error> {
        let number = number::integer(self.arg(index)).ok_or(Error::NEGATIVE)?;
        usize::try_from(number).map_err(|_| Error::NEGATIVE)
    }

    /// A number of keys, which says so when it is none.
    pub(crate) fn numkeys(&self, index: usize) -> Result<usize, Error> {
        const WRONG: Error = Error::new("ERR numkeys should be greater than 0");
        let number = number::integer(self.arg(index)).ok_or(WRONG)?;
        usize::try_from(number)
            .ok()
            .filter(|keys| *keys > 0)
            .ok_or(WRONG)
    }

    pub(crate) fn float(&self, index: usize) -> Result<f64, Error> {
        self.double(index).ok_or(Error::NOT_FLOAT)
    }

    /// A double, if an argument is one.
    pub(crate) fn double(&self, index: usize) -> Option<f64> {
        let text = self.arg(index);
        let unknown = self.state.profile == Profile::Valkey9_1 && is_hexadecimal(text);
        number::double(text).filter(|_| !unknown)
    }

    /// The end of a range, for which nothing is zero and what is too large infinity.
    pub(crate) fn bound(&self, text: &[u8]) -> Option<f64> {
        Some(self.loose(text)?.value)
    }

    /// What SORT compares by; nothing is zero.
    pub(crate) fn weight(&self, text: &[u8]) -> Option<f64> {
        let Double { value, range } = self.loose(text)?;
        let fits = match self.state.profile {
            Profile::Redis8_2 => true,
            Profile::Valkey9_1 => range != Range::Beyond && !until_nul(text).is_empty(),
            _ => range == Range::Fits,
        };
        fits.then_some(value)
    }

    /// A double up to a NUL, behind spaces and in hexadecimal digits where the server leaves it to C.
    fn loose(&self, text: &[u8]) -> Option<Double> {
        let text = until_nul(text);
        if text.is_empty() {
            return Double::read(b"0");
        }
        let by_itself = matches!(self.state.profile, Profile::Redis8_2 | Profile::Valkey9_1);
        if by_itself {
            return Double::read(text).filter(|_| !is_hexadecimal(text));
        }
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t'..=b'\r');
        let start = text.iter().position(|byte| !is_space(byte));
        Double::read(&text[start.unwrap_or_default()..])
    }

    /// The time-out of a blocking command, given in seconds, in milliseconds.
    pub(crate) fn timeout(&self, index: usize) -> Result<i64, Error> {
        let read = Double::read(self.arg(index))
            .ok_or(Error::new("ERR timeout is not a float or out of range"))?;
        let seconds = match read {
            // It is no zero, which would be no limit.
            Double {
                range: Range::Beyond,
                value: 0.0,
            } => f64::MIN_POSITIVE.copysign(read.value),
            Double { value, .. } => value,
        };
        let millis = (seconds * 1000.0).ceil();
        let (most, old) = (
            i64::MAX - self.now(),
            self.state.profile == Profile::Redis7_0,
        );
        let is_large = millis >= i64::MAX as f64;
        // A time that is too large becomes a negative one in Redis 7.0.
        if millis < 0.0 || is_large && old {
            return Err(Error::new("ERR timeout is negative"));
        }
        if (is_large || millis as i64 > most) && !old {
            return Err(Error::new("ERR timeout is out of range"));
        }
        Ok((millis as i64).min(most))
    }

    /// The index of a database.
    pub(crate) fn db_index(&self, index: usize) -> Result<usize, Error> {
        let number = number::integer(self.arg(index)).ok_or(Error::NOT_INTEGER)?;
        let number = i32::try_from(number).map_err(|_| {
            Error::new("ERR value is out of range, value must between -2147483648 and 2147483647")
        })?;
        let found = usize::try_from(number)
            .ok()
            .filter(|db| *db < self.state.dbs.len());
        found.ok_or(Error::DB_INDEX)
    }
}

/// What C sees of a text.
fn until_nul(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// The part of a sequence that a start and an end name, where negative ones count from the end;
/// none when it is empty.
pub(crate) fn clip(start: i64, end: i64, length: usize) -> Option<(usize, usize)> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let start = if start < 0 {
        (start.saturating_add(length)).max(0)
    } else {
        start
    };
    let end = if end < 0 {
        end.saturating_add(length)
    } else {
        end
    }
    .min(length - 1);
    if start > end || start >= length {
        return None;
    }
    Some((usize::try_from(start).ok()?, usize::try_from(end).ok()? + 1))
}
