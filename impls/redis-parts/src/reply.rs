//! What the server's answers mean to the contract.

use std::time::Duration;

use contrait::cache::{CacheErrorKind, Swap, TimeToLive};

/// The answer of the script [`SWAP`](crate::SWAP); `None` for what it never answers.
pub fn swap(answer: i64) -> Option<Swap> {
    match answer {
        1 => Some(Swap::Stored),
        0 => Some(Swap::Stale),
        -1 => Some(Swap::Missing),
        _ => None,
    }
}

/// The answer of `PTTL`; `None` for what it never answers.
pub fn time_to_live(answer: i64) -> Option<TimeToLive> {
    match answer {
        -2 => Some(TimeToLive::Missing),
        -1 => Some(TimeToLive::Forever),
        millis => {
            let millis = u64::try_from(millis).ok()?;
            Some(TimeToLive::Remaining(Duration::from_millis(millis)))
        }
    }
}

/// The kind of an error by the server's own words: a code, or `ERR` and a sentence.
pub fn kind_of_error(text: &str) -> CacheErrorKind {
    match text.split_whitespace().next().unwrap_or_default() {
        "WRONGTYPE" => CacheErrorKind::WrongKind,
        "NOAUTH" | "WRONGPASS" | "NOPERM" => CacheErrorKind::Denied,
        "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MISCONF" | "NOREPLICAS" | "OOM"
        | "READONLY" | "TRYAGAIN" | "UNBLOCKED" => CacheErrorKind::Unavailable,
        "NOPROTO" => CacheErrorKind::Unsupported,
        _ => kind_of_sentence(text),
    }
}

fn kind_of_sentence(text: &str) -> CacheErrorKind {
    const SENTENCES: [(&str, CacheErrorKind); 6] = [
        ("would overflow", CacheErrorKind::OutOfRange),
        ("is not an integer", CacheErrorKind::WrongKind),
        (
            "exceeds maximum allowed size",
            CacheErrorKind::ValueTooLarge,
        ),
        ("invalid bulk length", CacheErrorKind::ValueTooLarge),
        ("max number of clients", CacheErrorKind::Unavailable),
        ("unknown command", CacheErrorKind::Unsupported),
    ];
    let known = SENTENCES.iter().find(|(part, _)| text.contains(part));
    known.map_or(CacheErrorKind::Other, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_strange_ones_are_noticed() {
        assert_eq!(swap(1), Some(Swap::Stored));
        assert_eq!(swap(2), None);
        assert_eq!(time_to_live(-2), Some(TimeToLive::Missing));
        assert_eq!(time_to_live(-1), Some(TimeToLive::Forever));
        let second = TimeToLive::Remaining(Duration::from_secs(1));
        assert_eq!(time_to_live(1000), Some(second));
        assert_eq!(time_to_live(-3), None);
    }

    #[test]
    fn kinds_follow_the_servers_words() {
        let kinds = [
            (
                "WRONGTYPE Operation against a key",
                CacheErrorKind::WrongKind,
            ),
            (
                "NOPERM this user has no permissions",
                CacheErrorKind::Denied,
            ),
            ("OOM command not allowed", CacheErrorKind::Unavailable),
            (
                "ERR value is not an integer or out of range",
                CacheErrorKind::WrongKind,
            ),
            (
                "ERR increment or decrement would overflow",
                CacheErrorKind::OutOfRange,
            ),
            ("ERR something else", CacheErrorKind::Other),
            ("", CacheErrorKind::Other),
        ];
        for (text, expected) in kinds {
            assert_eq!(kind_of_error(text), expected, "{text}");
        }
    }
}
