//! Doubles from text, as C's `strtod` reads them: hexadecimal ones too, and what is too large or too small for one.
//!
//! Which of these a command takes is a matter of the command and of the server's version, and left to `command::args`.

use num_bigint::BigUint;

use super::long_double::exponent;

/// A power of two beyond which every number that clients can send is infinite, or zero.
const MOST: i32 = 40_000;

/// What a text says, as near as a double comes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Double {
    pub(crate) value: f64,
    pub(crate) range: Range,
}

/// Whether a number is among those that a double stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Range {
    Fits,
    /// It is so small that digits are lost.
    Subnormal,
    /// It is so large or so small that infinity or zero stands for it.
    Beyond,
}

impl Double {
    /// Reads a text that is a number as a whole, and no NaN.
    pub(crate) fn read(text: &[u8]) -> Option<Double> {
        let text = std::str::from_utf8(text).ok()?;
        let decimal = decimal(text);
        let value: f64 = decimal.as_deref().unwrap_or(text).parse().ok()?;
        let range = range(decimal.as_deref().unwrap_or(text), value);
        (!value.is_nan()).then_some(Double { value, range })
    }

    /// The value, unless another one stands for it.
    pub(crate) fn fitting(self) -> Option<f64> {
        (self.range != Range::Beyond).then_some(self.value)
    }
}

fn range(text: &str, value: f64) -> Range {
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let is_some = mantissa.bytes().any(|digit| matches!(digit, b'1'..=b'9'));
    match value {
        // What says itself that it is infinite has no digits.
        _ if is_some && (value.is_infinite() || value == 0.0) => Range::Beyond,
        _ if value.is_subnormal() => Range::Subnormal,
        _ => Range::Fits,
    }
}

/// Whether a text has the digits of a hexadecimal number.
pub(crate) fn is_hexadecimal(text: &[u8]) -> bool {
    let text = text
        .strip_prefix(b"-")
        .or(text.strip_prefix(b"+"))
        .unwrap_or(text);
    matches!(text, [b'0', b'x' | b'X', ..])
}

/// The decimal number that a hexadecimal one, such as `-0x1.8p3`, is equal to.
pub(crate) fn decimal(text: &str) -> Option<String> {
    if !is_hexadecimal(text.as_bytes()) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let digits = text.trim_start_matches(['+', '-']).get(2..)?;
    let (digits, power) = digits.split_once(['p', 'P']).unwrap_or((digits, "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if !all.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = BigUint::parse_bytes(all.as_bytes(), 16)?;
    let places = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    let power = exponent(power)?.saturating_sub(places).clamp(-MOST, MOST);
    Some(if power < 0 {
        let scaled = number * BigUint::from(5u8).pow(power.unsigned_abs());
        format!("{sign}{scaled}e{power}")
    } else {
        format!("{sign}{}", number << power.unsigned_abs())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_in_c() {
        let cases: [(&str, f64, Range); 12] = [
            ("1.5e3", 1500.0, Range::Fits),
            (".5", 0.5, Range::Fits),
            ("-inf", f64::NEG_INFINITY, Range::Fits),
            ("0e400", 0.0, Range::Fits),
            ("1e400", f64::INFINITY, Range::Beyond),
            ("1e-400", 0.0, Range::Beyond),
            ("1e-310", 1e-310, Range::Subnormal),
            ("0x10", 16.0, Range::Fits),
            ("-0X1.8p+1", -3.0, Range::Fits),
            ("0x.8", 0.5, Range::Fits),
            ("0x1p-1080", 0.0, Range::Beyond),
            ("0x1p99999999999", f64::INFINITY, Range::Beyond),
        ];
        for (text, value, range) in cases {
            let read = Double::read(text.as_bytes());
            assert_eq!(read, Some(Double { value, range }), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_none() {
        for text in [
            "", "x", "nan", " 1", "1 ", "1e", "0x", "0x1p", "0x_1", "0x1 ", "--1", "+-0x1",
        ] {
            assert_eq!(Double::read(text.as_bytes()), None, "{text}");
        }
    }
}
