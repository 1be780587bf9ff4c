//! Numbers as Redis reads and writes them.
//!
//! Replies must match byte for byte, so this follows C: doubles as `%.17g`.

pub(crate) use crate::protocol::integer;

use super::double::Double;

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

/// A double with as few digits as tell it from others, as later versions print it.
pub(crate) fn shortest_double(value: f64) -> String {
    if !value.is_finite() || value == 0.0 {
        return format_double(value);
    }
    if let Some(whole) = whole(value) {
        return whole.to_string();
    }
    let scientific = format!("{:e}", value.abs());
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = mantissa.replace('.', "");
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // The power of ten of the last digit.
    let last = exponent - (count - 1);
    let plain = if last >= 0 {
        exponent < count + 7
    } else {
        last > -7 || exponent.abs() < 4
    };
    if plain {
        return format!("{value}");
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let plus = if exponent < 0 { "" } else { "+" };
    format!("{sign}{mantissa}e{plus}{exponent}")
}

/// The integer that a double is, where Redis takes it for one: with all its digits then, of which fewer would do.
pub(crate) fn whole(value: f64) -> Option<i64> {
    const LARGEST: f64 = (i64::MAX / 2) as f64;
    (value == value.trunc() && value.abs() <= LARGEST).then_some(value as i64)
}

pub(super) fn trim_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// A double that is all of the text, and neither too large nor too small for one.
pub(crate) fn double(text: &[u8]) -> Option<f64> {
    Double::read(text)?.fitting()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_print_as_short_as_later_versions_have_them() {
        let cases = [
            (0.1, "0.1"),
            (1e-7, "1e-7"),
            (1e20, "1e+20"),
            (123_456.789, "123456.789"),
            (1e-5, "0.00001"),
            (123_456_789_012_344_992.0, "123456789012344992"),
            (1_234_567_890_123_456_789.0, "1234567890123456768"),
            (1e17, "100000000000000000"),
            (9.2e18, "9.2e+18"),
            (9_223_372_036_854_774_784.0, "9223372036854775000"),
            (-2.5, "-2.5"),
            (3.0, "3"),
            (0.0, "0"),
            (-0.0, "-0"),
        ];
        for (value, text) in cases {
            assert_eq!(shortest_double(value), text);
        }
    }

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
}
