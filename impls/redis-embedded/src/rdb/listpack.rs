//! Listpacks: short sequences of strings and integers in one piece of memory.
//!
//! A head of six bytes has the length in bytes and the number of elements; each element has its
//! kind, its bytes and its length again, for who walks backwards; a byte of ones ends it.

use super::Malformed;
use crate::db::number;

const HEAD: usize = 6;
const END: u8 = 0xff;

/// The elements as strings.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let total = bytes.get(..4).and_then(|total| total.try_into().ok());
    let total = total.map(u32::from_le_bytes).ok_or(Malformed)?;
    if usize::try_from(total) != Ok(bytes.len()) || bytes.last() != Some(&END) {
        return Err(Malformed);
    }
    let mut rest = bytes.get(HEAD..bytes.len() - 1).ok_or(Malformed)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (element, length) = element(rest)?;
        found.push(element);
        rest = rest.get(length + back_length(length)..).ok_or(Malformed)?;
    }
    Ok(found)
}

/// The first element, and how many bytes it takes without its length at the end.
fn element(bytes: &[u8]) -> Result<(Vec<u8>, usize), Malformed> {
    let first = bytes[0];
    let wide = |count: usize| number_of(bytes.get(1..=count));
    let text = |head: usize, length: usize| {
        let text = bytes.get(head..head + length).ok_or(Malformed)?;
        Ok((text.to_vec(), head + length))
    };
    let low = |mask: u8| {
        let second = bytes.get(1).ok_or(Malformed)?;
        Ok(usize::from(first & mask) << 8 | usize::from(*second))
    };
    let int = |number: i64, length: usize| Ok((number.to_string().into_bytes(), length));
    match first {
        0..0x80 => int(first.into(), 1),
        0x80..0xc0 => text(1, usize::from(first & 0x3f)),
        0xc0..0xe0 => {
            let number = i64::try_from(low(0x1f)?).map_err(|_| Malformed)?;
            // 13 bits with a sign.
            int(number - (number >> 12 << 13), 2)
        }
        0xe0..0xf0 => text(2, low(0x0f)?),
        0xf0 => {
            let length = bytes.get(1..5).and_then(|length| length.try_into().ok());
            let length = length.map(u32::from_le_bytes).ok_or(Malformed)?;
            text(5, usize::try_from(length).map_err(|_| Malformed)?)
        }
        0xf1 => int(wide(2)?, 3),
        0xf2 => int(wide(3)?, 4),
        0xf3 => int(wide(4)?, 5),
        0xf4 => int(wide(8)?, 9),
        _ => Err(Malformed),
    }
}

/// A number of some bytes, the lowest one first, with a sign.
fn number_of(bytes: Option<&[u8]>) -> Result<i64, Malformed> {
    let bytes = bytes.ok_or(Malformed)?;
    let negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let mut all = if negative { [0xff; 8] } else { [0; 8] };
    all[..bytes.len()].copy_from_slice(bytes);
    Ok(i64::from_le_bytes(all))
}

/// How many bytes the length of an element takes.
fn back_length(length: usize) -> usize {
    match length {
        0..128 => 1,
        128..16_384 => 2,
        16_384..2_097_152 => 3,
        2_097_152..268_435_456 => 4,
        _ => 5,
    }
}

/// A listpack of strings, those that are integers as such.
pub(super) fn write<T: AsRef<[u8]>>(items: impl IntoIterator<Item = T>) -> Vec<u8> {
    let mut bytes = vec![0; HEAD];
    let mut count = 0usize;
    for item in items {
        push(&mut bytes, item.as_ref());
        count += 1;
    }
    bytes.push(END);
    let total = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    bytes[..4].copy_from_slice(&total.to_le_bytes());
    // More than this is counted by who reads it.
    let count = u16::try_from(count).unwrap_or(u16::MAX);
    bytes[4..HEAD].copy_from_slice(&count.to_le_bytes());
    bytes
}

fn push(bytes: &mut Vec<u8>, item: &[u8]) {
    let start = bytes.len();
    match number::integer(item) {
        Some(number) => push_integer(bytes, number),
        None => push_text(bytes, item),
    }
    let length = bytes.len() - start;
    let count = back_length(length);
    for place in (0..count).rev() {
        let bits = u8::try_from(length >> (7 * place) & 0x7f).unwrap_or_default();
        let more = if place + 1 == count { 0 } else { 0x80 };
        bytes.push(bits | more);
    }
}

fn push_integer(bytes: &mut Vec<u8>, number: i64) {
    let all = number.to_le_bytes();
    let (mark, count) = match number {
        0..128 => return bytes.push(all[0]),
        -4096..4096 => {
            bytes.push(0xc0 | all[1] & 0x1f);
            return bytes.push(all[0]);
        }
        -0x8000..0x8000 => (0xf1, 2),
        -0x80_0000..0x80_0000 => (0xf2, 3),
        -0x8000_0000..0x8000_0000 => (0xf3, 4),
        _ => (0xf4, 8),
    };
    bytes.push(mark);
    bytes.extend_from_slice(&all[..count]);
}

fn push_text(bytes: &mut Vec<u8>, text: &[u8]) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    let all = length.to_be_bytes();
    match length {
        0..64 => bytes.push(0x80 | all[3]),
        64..4096 => bytes.extend_from_slice(&[0xe0 | all[2], all[3]]),
        _ => {
            bytes.push(0xf0);
            bytes.extend_from_slice(&length.to_le_bytes());
        }
    }
    bytes.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut items: Vec<Vec<u8>> = [
            "",
            "0",
            "127",
            "128",
            "-1",
            "4095",
            "4096",
            "-4096",
            "-4097",
            "32767",
            "-32768",
            "32768",
            "8388607",
            "-8388609",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "012",
            "abc",
        ]
        .map(|item| item.as_bytes().to_vec())
        .into();
        items.extend([63, 64, 4095, 4096, 20_000].map(|length| vec![b'x'; length]));
        assert_eq!(read(&write(&items)), Ok(items));
    }
}
