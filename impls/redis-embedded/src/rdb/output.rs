//! Writes numbers and strings as Redis reads them from its files.

use crate::db::number;

/// What has been written.
#[derive(Debug, Default)]
pub(super) struct Output {
    pub(super) bytes: Vec<u8>,
}

impl Output {
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    pub(super) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub(super) fn number(&mut self, number: u64) {
        match number {
            0..64 => self.low_bytes(number, 1),
            64..16_384 => self.low_bytes(number | 0x4000, 2),
            _ if number <= u64::from(u32::MAX) => {
                self.byte(0x80);
                self.low_bytes(number, 4);
            }
            _ => {
                self.byte(0x81);
                self.low_bytes(number, 8);
            }
        }
    }

    /// The last bytes of a number, the highest one first.
    fn low_bytes(&mut self, number: u64, count: usize) {
        self.raw(&number.to_be_bytes()[8 - count..]);
    }

    pub(super) fn length(&mut self, length: usize) {
        self.number(u64::try_from(length).unwrap_or(u64::MAX));
    }

    /// A string, which is an integer if it is short and can be one.
    pub(super) fn string(&mut self, text: &[u8]) {
        let short = (text.len() <= 11).then(|| number::integer(text)).flatten();
        if let Some(number) = short.and_then(|number| i8::try_from(number).ok()) {
            self.byte(0xc0);
            self.raw(&number.to_le_bytes());
        } else if let Some(number) = short.and_then(|number| i16::try_from(number).ok()) {
            self.byte(0xc1);
            self.raw(&number.to_le_bytes());
        } else if let Some(number) = short.and_then(|number| i32::try_from(number).ok()) {
            self.byte(0xc2);
            self.raw(&number.to_le_bytes());
        } else {
            self.length(text.len());
            self.raw(text);
        }
    }
}
