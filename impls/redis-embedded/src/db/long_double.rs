//! The 80-bit `long double` of x86, by which INCRBYFLOAT and HINCRBYFLOAT calculate.
//!
//! Its sums are not those of Rust's `f64`, and what clients see of them is all of their digits.

use num_bigint::BigUint;

use super::double::decimal;
use super::number::trim_zeros;

/// How long a text may be to be a number.
const LONGEST: usize = 5 * 1024;
/// The exponent of infinity.
const INFINITE: i32 = 16_384;

/// An x86 `long double`: `mantissa * 2^exponent`, its highest bit set unless it is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LongDouble {
    negative: bool,
    mantissa: u64,
    exponent: i32,
}

impl LongDouble {
    /// Reads a number as C's `strtold` does, when it is all of the text, no NaN, and neither too
    /// large nor too close to zero.
    pub(crate) fn parse(text: &[u8]) -> Option<LongDouble> {
        let text = std::str::from_utf8(text)
            .ok()
            .filter(|text| text.len() < LONGEST)?;
        let decimal = decimal(text);
        let text = decimal.as_deref().unwrap_or(text);
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = digits.to_ascii_lowercase();
        if digits == "inf" || digits == "infinity" {
            return Some(LongDouble {
                negative,
                mantissa: 1 << 63,
                exponent: INFINITE,
            });
        }
        let (digits, power) = digits.split_once('e').unwrap_or((&digits, "0"));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all = format!("{whole}{fraction}");
        let power = exponent(power)?.saturating_sub(i32::try_from(fraction.len()).ok()?);
        if all.is_empty() || !all.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let number = BigUint::parse_bytes(all.as_bytes(), 10)?;
        if number == BigUint::ZERO {
            return Some(LongDouble {
                negative,
                mantissa: 0,
                exponent: 0,
            });
        }
        LongDouble::nearest(negative, number, power)
    }

    /// The nearest number to `number * 10^power`; none if that is infinity or zero.
    fn nearest(negative: bool, number: BigUint, power: i32) -> Option<LongDouble> {
        // Nothing beyond that is finite, whatever its digits are.
        if power.unsigned_abs() > 8 * LONGEST as u32 {
            return None;
        }
        let scale = BigUint::from(10u8).pow(power.unsigned_abs());
        let (wide, shift, rest) = if power >= 0 {
            (number * scale, 0, false)
        } else {
            let shift = (scale.bits() + 128).saturating_sub(number.bits());
            let number = number << shift;
            let quotient = &number / &scale;
            let rest = &quotient * scale != number;
            (quotient, shift, rest)
        };
        let drop = wide.bits().saturating_sub(128);
        let kept = u128::try_from(&wide >> drop).ok()?;
        let sticky = rest || wide.trailing_zeros().is_some_and(|zeros| zeros < drop);
        let exponent = i32::try_from(drop).ok()? - i32::try_from(shift).ok()?;
        let rounded = LongDouble::round(negative, kept, exponent, sticky);
        let top = rounded.exponent + 63;
        (-16_446..=16_383).contains(&top).then_some(rounded)
    }

    pub(crate) fn is_finite(self) -> bool {
        self.exponent + 63 <= 16_383
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
        if !self.is_finite() {
            return self;
        }
        if !other.is_finite() {
            return other;
        }
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
            let whole = BigUint::from(self.mantissa) << self.exponent.unsigned_abs();
            return format!("{sign}{whole}");
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

/// The digits behind an E, as far as they make a difference.
pub(super) fn exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i32::MAX / 4).min(i32::MAX / 4);
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(sum("0", "1e30"), "1000000000000000000024696061952");
        assert_eq!(
            sum("123456789012345.30000000000000004", "100"),
            "123456789012445.3000030517578125"
        );
    }
}
