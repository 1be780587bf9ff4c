//! Reads numbers and strings as Redis writes them into its files.

use super::{Malformed, lzf};

/// What has not been read yet.
pub(super) struct Input<'a> {
    rest: &'a [u8],
}

/// A length, or one of the special forms of a string.
enum Length {
    Plain(u64),
    Special(u8),
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Input<'a> {
        Input { rest: bytes }
    }

    #[cfg(feature = "scripts")]
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn any_length(&mut self) -> Result<Length, Malformed> {
        let first = self.byte()?;
        Ok(match first >> 6 {
            0 => Length::Plain(u64::from(first)),
            1 => {
                let low = self.byte()?;
                Length::Plain(u64::from(first & 0x3f) << 8 | u64::from(low))
            }
            2 if first == 0x80 => Length::Plain(u32::from_be_bytes(self.array()?).into()),
            2 if first == 0x81 => Length::Plain(u64::from_be_bytes(self.array()?)),
            2 => return Err(Malformed),
            _ => Length::Special(first & 0x3f),
        })
    }

    pub(super) fn number(&mut self) -> Result<u64, Malformed> {
        match self.any_length()? {
            Length::Plain(number) => Ok(number),
            Length::Special(_) => Err(Malformed),
        }
    }

    pub(super) fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(self.number()?).map_err(|_| Malformed)
    }

    pub(super) fn string(&mut self) -> Result<Vec<u8>, Malformed> {
        match self.any_length()? {
            Length::Plain(length) => {
                let length = usize::try_from(length).map_err(|_| Malformed)?;
                Ok(self.take(length)?.to_vec())
            }
            Length::Special(0) => Ok(i8::from_le_bytes(self.array()?).to_string().into_bytes()),
            Length::Special(1) => Ok(i16::from_le_bytes(self.array()?).to_string().into_bytes()),
            Length::Special(2) => Ok(i32::from_le_bytes(self.array()?).to_string().into_bytes()),
            Length::Special(3) => {
                let (packed, length) = (self.length()?, self.length()?);
                lzf::unpack(self.take(packed)?, length)
            }
            Length::Special(_) => Err(Malformed),
        }
    }

    /// Milliseconds since 1970.
    pub(super) fn millis(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_le_bytes)
    }

    pub(super) fn double(&mut self) -> Result<f64, Malformed> {
        let value = f64::from_le_bytes(self.array()?);
        (!value.is_nan()).then_some(value).ok_or(Malformed)
    }

    /// A double as text behind one byte for its length, as sorted sets once had it.
    pub(super) fn text_double(&mut self) -> Result<f64, Malformed> {
        match self.byte()? {
            253 => Err(Malformed),
            254 => Ok(f64::INFINITY),
            255 => Ok(f64::NEG_INFINITY),
            length => {
                let text = self.take(length.into())?;
                crate::db::number::double(text).ok_or(Malformed)
            }
        }
    }
}
