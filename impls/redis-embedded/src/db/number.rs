//! Numbers as Redis reads and writes them.
//!
//! Replies must match byte for byte, so this follows C: doubles as `%.17g`, and the 80-bit
//! `long double` of x86 for INCRBYFLOAT, whose result Rust's `f64` would round differently.

pub(crate) use crate::protocol::integer;

/// A double as `%.17g` prints it.
pub(crate) fn format_double(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 {
            "inf".into()
        } else {
            "-inf".into()
        };
    }
    if value.is_nan() {
        return "nan".into();
    }
    if value == value.trunc() && value.abs() < 1e15 && !(value == 0.0 && value.is_sign_negative()) {
        // Whole numbers are by far the most frequent scores, and need no search for digits.
        return format!("{value:.0}");
    }
    let scientific = format!("{value:.16e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if (-4..17).contains(&exponent) {
        let decimals = usize::try_from(16 - exponent).unwrap_or_default();
        return trim_zeros(&format!("{value:.decimals$}")).into();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{}e{sign}{:02}", trim_zeros(mantissa), exponent.abs())
}

fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// A double as C's `strtod` reads it, when it is all of the text and a number.
pub(crate) fn parse_double(text: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    let value: f64 = text.parse().ok()?;
    // What is too large is no infinity, unless it says so.
    let overflows = value.is_infinite() && !text.to_ascii_lowercase().contains("inf");
    (!value.is_nan() && !overflows).then_some(value)
}

/// An x86 `long double`: `mantissa * 2^exponent`, its highest bit set unless it is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LongDouble {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

impl LongDouble {
    /// Reads a number; what needs more than 128 bits on the way has the precision of a double.
    pub(crate) fn parse(text: &[u8]) -> Option<LongDouble> {
        let value = parse_double(text)?;
        if !value.is_finite() {
            return None;
        }
        Some(LongDouble::parse_exactly(text).unwrap_or_else(|| LongDouble::from(value)))
    }

    fn parse_exactly(text: &[u8]) -> Option<LongDouble> {
        let (negative, text) = match text {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let text = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let fraction = fraction.trim_end_matches('0');
        let number: u64 = format!("0{whole}{fraction}").parse().ok()?;
        let power = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
        if number == 0 {
            return Some(LongDouble {
                negative,
                mantissa: 0,
                exponent: 0,
            });
        }
        let scale = 10u128
            .checked_pow(power.unsigned_abs())
            .filter(|_| power.abs() <= 17)?;
        if power >= 0 {
            return Some(LongDouble::round(
                negative,
                u128::from(number) * scale,
                0,
                false,
            ));
        }
        let shift = number.leading_zeros() + 64;
        let wide = u128::from(number) << shift;
        let exponent = -i32::try_from(shift).ok()?;
        Some(LongDouble::round(
            negative,
            wide / scale,
            exponent,
            !wide.is_multiple_of(scale),
        ))
    }

    /// Rounds `wide * 2^exponent` to 64 bits, half to even; `sticky` tells of bits below.
    fn round(negative: bool, wide: u128, exponent: i32, sticky: bool) -> LongDouble {
        if wide == 0 {
            return LongDouble {
                negative: false,
                mantissa: 0,
                exponent: 0,
            };
        }
        let bits = 128 - i32::try_from(wide.leading_zeros()).unwrap_or_default();
        if bits <= 64 {
            let mantissa = u64::try_from(wide << (64 - bits)).unwrap_or_default();
            return LongDouble {
                negative,
                mantissa,
                exponent: exponent - (64 - bits),
            };
        }
        let (rounded, drop) = (round_shift(wide, bits - 64, sticky), bits - 64);
        match u64::try_from(rounded) {
            Ok(mantissa) => LongDouble {
                negative,
                mantissa,
                exponent: exponent + drop,
            },
            Err(_) => LongDouble {
                negative,
                mantissa: 1 << 63,
                exponent: exponent + drop + 1,
            },
        }
    }

    /// The sum, rounded once.
    pub(crate) fn add(self, other: LongDouble) -> LongDouble {
        if self.mantissa == 0 {
            return other;
        }
        if other.mantissa == 0 {
            return self;
        }
        let (big, small) = if (self.exponent, self.mantissa) >= (other.exponent, other.mantissa) {
            (self, other)
        } else {
            (other, self)
        };
        let wide = u128::from(big.mantissa) << 63;
        let low = u128::from(small.mantissa) << 63;
        let distance = u32::try_from(big.exponent - small.exponent).unwrap_or(u32::MAX);
        let (shifted, sticky) = match distance {
            0..128 => (low >> distance, low & ((1u128 << distance) - 1) != 0),
            _ => (0, true),
        };
        let exponent = big.exponent - 63;
        if big.negative == small.negative {
            LongDouble::round(big.negative, wide + shifted, exponent, sticky)
        } else {
            // What was shifted out makes the difference a little smaller.
            let difference = wide - shifted - u128::from(sticky);
            LongDouble::round(big.negative, difference, exponent, sticky)
        }
    }

    /// The number as `%.17Lf` prints it, without the zeros at its end.
    pub(crate) fn human(self) -> String {
        let sign = if self.negative { "-" } else { "" };
        if self.exponent > 0 {
            let value = self.mantissa as f64 * 2f64.powi(self.exponent);
            return match u128::from(self.mantissa).checked_shl(self.exponent.unsigned_abs()) {
                Some(whole) if self.exponent <= 64 => format!("{sign}{whole}"),
                _ => format!("{sign}{value:.0}"),
            };
        }
        let scaled = u128::from(self.mantissa) * 10u128.pow(17);
        let digits = match -self.exponent {
            shift @ 0..128 => round_shift(scaled, shift, false),
            _ => 0,
        };
        let (whole, fraction) = (digits / 10u128.pow(17), digits % 10u128.pow(17));
        let text = format!("{sign}{whole}.{fraction:017}");
        match trim_zeros(&text) {
            "-0" => "0".into(),
            text => text.into(),
        }
    }
}

fn round_shift(wide: u128, shift: i32, sticky: bool) -> u128 {
    if shift == 0 {
        return wide;
    }
    let (kept, lost) = (wide >> shift, wide & ((1u128 << shift) - 1));
    let half = 1u128 << (shift - 1);
    let up = lost > half || (lost == half && (sticky || kept & 1 == 1));
    kept + u128::from(up)
}

impl From<f64> for LongDouble {
    fn from(value: f64) -> LongDouble {
        if value == 0.0 {
            return LongDouble {
                negative: false,
                mantissa: 0,
                exponent: 0,
            };
        }
        let bits = value.to_bits();
        let raw = i32::try_from((bits >> 52) & 0x7ff).unwrap_or_default();
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if raw == 0 {
            (fraction, -1074)
        } else {
            (fraction | 1 << 52, raw - 1075)
        };
        LongDouble::round(value < 0.0, u128::from(mantissa), exponent, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_in_c() {
        let cases = [
            (0.1, "0.10000000000000001"),
            (3.0, "3"),
            (-0.0, "-0"),
            (1e17, "1e+17"),
            (1e16, "10000000000000000"),
            (1.5e-7, "1.4999999999999999e-07"),
            (f64::NEG_INFINITY, "-inf"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ];
        for (value, text) in cases {
            assert_eq!(format_double(value), text);
        }
    }

    fn sum(left: &str, right: &str) -> String {
        let parse = |text: &str| LongDouble::parse(text.as_bytes()).expect("a number");
        parse(left).add(parse(right)).human()
    }

    #[test]
    fn sums_have_the_precision_of_a_long_double() {
        assert_eq!(sum("0.1", "0.2"), "0.3");
        assert_eq!(sum("10.50", "0.1"), "10.6");
        assert_eq!(sum("5.0e3", "2.0e2"), "5200");
        assert_eq!(sum("1", "-1"), "0");
        assert_eq!(sum("3", "-0.1"), "2.9");
        assert_eq!(sum("0", "1e30"), "1000000000000000019884624838656");
    }
}
