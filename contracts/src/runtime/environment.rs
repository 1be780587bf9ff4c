//! What the environment says of a run: the seed, and the file for the records.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Makes a run repeatable: what `Context::seed` derives from.
const SEED: &str = "CONTRAIT_SEED";
/// The file that a line of JSON is appended to for each case that ran.
const RECORD: &str = "CONTRAIT_RECORD";

/// The seed of this run: that of the environment, or a fresh one.
pub(crate) fn seed() -> Result<u64, String> {
    static FRESH: OnceLock<u64> = OnceLock::new();
    match env::var(SEED) {
        Ok(text) => parse_seed(&text),
        Err(env::VarError::NotPresent) => Ok(*FRESH.get_or_init(random)),
        Err(error @ env::VarError::NotUnicode(_)) => Err(format!("{SEED}: {error}")),
    }
}

/// Where records go, if anywhere.
pub(crate) fn record_file() -> Option<PathBuf> {
    env::var_os(RECORD)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// A number that differs from call to call and from process to process.
pub(crate) fn unique() -> u64 {
    static FIRST: OnceLock<u64> = OnceLock::new();
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let calls = CALLS.fetch_add(1, Ordering::Relaxed);
    scattered(FIRST.get_or_init(random).wrapping_add(calls))
}

/// A number that differs from process to process.
fn random() -> u64 {
    RandomState::new().hash_one(std::process::id())
}

/// Numbers that follow each other, far from each other: one to one, so that none comes twice. It is the last step of the
/// generator SplitMix64.
fn scattered(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

fn parse_seed(text: &str) -> Result<u64, String> {
    let number = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    number.map_err(|error| format!("{SEED} is a number, decimal or 0x…, not {text:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::parse_seed;

    #[test]
    fn a_seed_is_decimal_or_hexadecimal() {
        assert_eq!(parse_seed("12"), Ok(12));
        assert_eq!(parse_seed("0xff"), Ok(255));
        assert!(parse_seed("twelve").is_err_and(|message| message.contains("\"twelve\"")));
    }
}
