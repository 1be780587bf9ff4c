//! What values the parameters of CONFIG take, and how CONFIG GET shows them.

use crate::db::number;
use crate::profile::Profile;

/// What values a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Bool,
    /// A number from the least to the greatest.
    Int(i64, i64),
    /// One that Redis 8 keeps without a sign.
    Count(i64, i64),
    /// A number of bytes, with a unit if one likes, from the least to the greatest.
    Memory(u64, u64),
    /// One that Redis keeps with a sign.
    SignedMemory(u64),
    /// A number of bytes, or of hundredths of the memory.
    MemoryOrPercent,
    OneOf(&'static str),
    Text,
    /// It cannot be changed while the server runs.
    Fixed,
    /// It could only be changed if the server had been started so.
    Protected,
}

impl Shape {
    /// Why no value is taken, if none is.
    pub(crate) fn refusal(self) -> Option<&'static str> {
        match self {
            Shape::Fixed => Some("can't set immutable config"),
            Shape::Protected => Some("can't set protected config"),
            _ => None,
        }
    }

    /// A value as CONFIG GET shows it; the error is the reason that CONFIG SET gives.
    pub(super) fn read(self, name: &str, value: &str, profile: Profile) -> Result<String, String> {
        let unsigned = profile == Profile::Redis8_2;
        // All but numbers are read as C strings, which end at a NUL.
        let text = value.split('\0').next().unwrap_or_default();
        match self {
            Shape::Bool => {
                one_of(text, &["yes", "no"]).ok_or("argument must be 'yes' or 'no'".into())
            }
            Shape::Int(least, most) => {
                let later = name == "maxmemory-samples" && profile != Profile::Redis7_0;
                within(integer(value)?, least, if later { 64 } else { most })
            }
            Shape::Count(least, most) => match integer(value)? {
                ..0 if unsigned => Err(NEGATIVE.into()),
                number => within(number, least, most),
            },
            Shape::Memory(least, most) => match memory(text, profile).ok_or(NO_MEMORY)? {
                bytes if unsigned && i64::try_from(bytes).is_err() => Err(NEGATIVE.into()),
                bytes => within(bytes, least, most),
            },
            Shape::SignedMemory(least) => {
                let bytes = memory(text, profile).ok_or(NO_MEMORY)?;
                within(bytes, least, i64::MAX as u64)
            }
            Shape::MemoryOrPercent => memory_or_percent(text, profile),
            Shape::OneOf(values) => {
                let values: Vec<&str> = values
                    .split(' ')
                    .chain(later_values(name, profile))
                    .collect();
                one_of(text, &values).ok_or_else(|| {
                    format!(
                        "argument(s) must be one of the following: {}",
                        values.join(", ")
                    )
                })
            }
            Shape::Text | Shape::Fixed | Shape::Protected => Ok(value.into()),
        }
    }
}

const NEGATIVE: &str = "argument must be greater or equal to 0";
const NO_MEMORY: &str = "argument must be a memory value";

/// The word that a value is, in any case.
fn one_of(value: &str, words: &[&str]) -> Option<String> {
    let lower = value.to_ascii_lowercase();
    words.contains(&lower.as_str()).then_some(lower)
}

fn integer(value: &str) -> Result<i64, String> {
    let number = number::integer(value.as_bytes());
    number.ok_or("argument couldn't be parsed into an integer".into())
}

fn within<N: Copy + PartialOrd + std::fmt::Display>(
    number: N,
    least: N,
    most: N,
) -> Result<String, String> {
    if (least..=most).contains(&number) {
        Ok(number.to_string())
    } else {
        Err(format!(
            "argument must be between {least} and {most} inclusive"
        ))
    }
}

/// The words that later servers take beside those of Redis 7.0.
fn later_values(name: &str, profile: Profile) -> impl Iterator<Item = &'static str> {
    let valkey = profile.is_valkey();
    let words = match name {
        "loglevel" if profile != Profile::Redis7_0 => "nothing",
        "repl-diskless-load" if valkey => "flush-before-load",
        "shutdown-on-sigint" | "shutdown-on-sigterm" if valkey => "safe failover",
        _ => "",
    };
    words.split_whitespace()
}

fn memory_or_percent(value: &str, profile: Profile) -> Result<String, String> {
    let read = match value.strip_suffix('%') {
        Some(digits) => digits
            .parse::<u32>()
            .ok()
            .map(|percent| format!("{percent}%")),
        None => memory(value, profile).map(|bytes| bytes.to_string()),
    };
    read.ok_or("argument must be a memory or percent value".into())
}

/// A number of bytes with a unit, such as `10mb`. What has too many digits is as much as there is, as C's `strtoull`
/// reads it, and no number to Valkey.
fn memory(text: &str, profile: Profile) -> Option<u64> {
    let text = text.to_ascii_lowercase();
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "" | "b" => 1,
        "k" => 1000,
        "kb" => 1024,
        "m" => 1_000_000,
        "mb" => 1024 * 1024,
        "g" => 1_000_000_000,
        "gb" => 1024 * 1024 * 1024,
        _ => return None,
    };
    if digits.is_empty() {
        return Some(0);
    }
    if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number = match digits.parse::<u64>() {
        Err(_) if profile.is_valkey() => return None,
        number => number.unwrap_or(u64::MAX),
    };
    Some(number.wrapping_mul(factor))
}
