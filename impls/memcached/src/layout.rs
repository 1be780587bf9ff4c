//! How a value is written, so that memcached can count in it.
//!
//! Most values are written as they are. A number is written as memcached counts, which is without a sign: what is below
//! zero as the number that wraps around to it. A flag of the item says so, since memcached leaves spaces behind where a
//! number gets shorter, and a value with spaces of its own must come back with them. Counting in place is what keeps the
//! time to live: a rewrite would undo what somebody else had just given the entry.

use std::borrow::Cow;

use bytes::Bytes;

/// The flag of an item that holds a number.
pub(crate) const NUMBER: u32 = 1;

/// The bytes to store for `value`, and the flag to store them with.
pub(crate) fn write(value: &[u8]) -> (Cow<'_, [u8]>, u32) {
    match number(value) {
        Some(number) => (
            Cow::Owned(unsigned(number).to_string().into_bytes()),
            NUMBER,
        ),
        None => (Cow::Borrowed(value), 0),
    }
}

/// The value of stored bytes.
pub(crate) fn read(stored: Bytes, flag: u32) -> Bytes {
    match read_number(&stored, flag) {
        Some(number) => Bytes::from(number.to_string()),
        None => stored,
    }
}

/// The number that stored bytes are, where they are one.
pub(crate) fn read_number(stored: &[u8], flag: u32) -> Option<i64> {
    if flag != NUMBER {
        return None;
    }
    let text = std::str::from_utf8(stored).ok()?;
    text.trim_end_matches(' ')
        .parse()
        .ok()
        .map(u64::cast_signed)
}

/// A number as memcached counts.
pub(crate) fn unsigned(number: i64) -> u64 {
    number.cast_unsigned()
}

/// The number that a value is: canonical decimal.
fn number(value: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(value).ok()?;
    let number = text.parse::<i64>().ok()?;
    (number.to_string() == text).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(value: &[u8]) -> Bytes {
        let (stored, flag) = write(value);
        read(Bytes::copy_from_slice(&stored), flag)
    }

    #[test]
    fn every_value_comes_back() {
        let texts: [&[u8]; 9] = [
            b"",
            b"text",
            b"007",
            b" 1",
            b"1 ",
            b"+1",
            b"-0",
            b"\xff",
            b"18446744073709551615",
        ];
        for text in texts {
            assert!(matches!(write(text), (Cow::Borrowed(_), 0)), "{text:?}");
            assert_eq!(again(text), text);
        }
        for number in [0, 1, -1, i64::MIN, i64::MAX] {
            let text = number.to_string();
            assert_eq!(again(text.as_bytes()), text);
        }
    }

    #[test]
    fn numbers_are_counted_in_without_a_sign_and_may_leave_spaces_behind() {
        assert_eq!(write(b"-1").0.as_ref(), b"18446744073709551615");
        assert_eq!(read_number(b"9 ", NUMBER), Some(9));
        assert_eq!(
            read(Bytes::from_static(b"0                   "), NUMBER),
            "0"
        );
        assert_eq!(read_number(b"9", 0), None);
    }
}
