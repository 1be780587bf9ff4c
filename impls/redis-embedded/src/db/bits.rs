//! Bits in strings, counted from the highest bit of the first byte.

pub(crate) fn get(bytes: &[u8], bit: usize) -> bool {
    bytes.get(bit / 8).is_some_and(|byte| byte & mask(bit) != 0)
}

fn mask(bit: usize) -> u8 {
    0x80 >> (bit % 8)
}

/// Sets a bit that is there; returns what it was.
pub(crate) fn set(bytes: &mut [u8], bit: usize, on: bool) -> bool {
    let Some(byte) = bytes.get_mut(bit / 8) else {
        return false;
    };
    let before = *byte & mask(bit) != 0;
    if on {
        *byte |= mask(bit);
    } else {
        *byte &= !mask(bit);
    }
    before
}

/// A byte with the bits before `first` and behind `last` cleared, which count from its highest.
fn part(byte: u8, first: usize, last: usize) -> u8 {
    byte & (0xff >> first) & (0xff << (7 - last))
}

/// The bytes from one bit to another, both included, without the other bits of the outer ones.
fn parts(bytes: &[u8], first: usize, last: usize) -> impl Iterator<Item = (usize, u8)> {
    let (from, to) = (first / 8, last / 8);
    bytes
        .iter()
        .enumerate()
        .take(to + 1)
        .skip(from)
        .map(move |(at, byte)| {
            let low = if at == from { first % 8 } else { 0 };
            let high = if at == to { last % 8 } else { 7 };
            (at, part(*byte, low, high))
        })
}

/// How many bits are set from one to another, both included.
pub(crate) fn count(bytes: &[u8], first: usize, last: usize) -> usize {
    parts(bytes, first, last)
        .map(|(_, byte)| byte.count_ones() as usize)
        .sum()
}

/// The first bit of a value from one to another, both included.
pub(crate) fn find(bytes: &[u8], value: bool, first: usize, last: usize) -> Option<usize> {
    let (from, to) = (first / 8, last / 8);
    for (at, byte) in parts(bytes, first, last) {
        // Bits that are not looked at are clear, so they must not count as found.
        let low = if at == from { first % 8 } else { 0 };
        let high = if at == to { last % 8 } else { 7 };
        let wanted = if value { byte } else { part(!byte, low, high) };
        if wanted != 0 {
            return Some(at * 8 + wanted.leading_zeros() as usize);
        }
    }
    None
}

/// A number of some bits, as BITFIELD knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) signed: bool,
    pub(crate) width: u32,
}

/// What BITFIELD does with a number that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

impl Field {
    /// Reads the number at a bit; behind the end all bits are clear.
    pub(crate) fn read(self, bytes: &[u8], at: usize) -> i64 {
        let mut raw: u64 = 0;
        for bit in at..at + self.width as usize {
            raw = raw << 1 | u64::from(get(bytes, bit));
        }
        let spare = 64 - self.width;
        if self.signed {
            (raw << spare).cast_signed() >> spare
        } else {
            raw.cast_signed()
        }
    }

    pub(crate) fn write(self, bytes: &mut [u8], at: usize, value: i64) {
        for (index, bit) in (at..at + self.width as usize).enumerate() {
            let shift = self.width as usize - 1 - index;
            set(bytes, bit, value >> shift & 1 == 1);
        }
    }

    /// A number made to fit; none when it must not be.
    pub(crate) fn fit(self, exact: i128, overflow: Overflow) -> Option<i64> {
        let (low, high) = if self.signed {
            let half = 1i128 << (self.width - 1);
            (-half, half - 1)
        } else {
            (0, (1i128 << self.width) - 1)
        };
        let fitting = match overflow {
            _ if (low..=high).contains(&exact) => exact,
            Overflow::Fail => return None,
            Overflow::Saturate => exact.clamp(low, high),
            Overflow::Wrap => {
                let spare = 128 - self.width;
                if self.signed {
                    (exact << spare) >> spare
                } else {
                    exact & high
                }
            }
        };
        i64::try_from(fitting).ok()
    }

    /// A number as SET is given it: where there is no sign, its bits are.
    pub(crate) fn given(self, value: i64) -> i128 {
        if self.signed {
            value.into()
        } else {
            value.cast_unsigned().into()
        }
    }
}
