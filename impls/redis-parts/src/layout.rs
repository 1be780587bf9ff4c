//! How an entry is written as a string of Redis, so that it can have a version.
//!
//! Most values are written as they are: `GET` of another program finds them, and Redis counts in them. Redis keeps no
//! versions, though, and a version beside the value would make every write two. So the version stands before the value,
//! and only in entries that somebody has asked for one: `MARK`, sixteen bytes of version, value. Whatever writes the
//! plain value again takes the version off with it, and that is what makes an old version stale. A value that happens
//! to look like a version with a value is written behind a version itself, so that no value is mistaken.

use std::borrow::Cow;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use contrait::cache::{Version, Versioned};

/// What an entry with a version begins with: no text, and unlikely elsewhere.
pub(crate) const MARK: [u8; 8] = *b"\xf5ctrait\x01";

const VERSION_BYTES: usize = 16;

/// The bytes before the value, where there are any.
pub(crate) const HEAD_BYTES: usize = MARK.len() + VERSION_BYTES;

/// A version that nobody has given before, in whichever process.
pub fn fresh_version() -> Version {
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one("a process"));
    // From one: no version is all zeros.
    static GIVEN: AtomicU64 = AtomicU64::new(1);
    let given = GIVEN.fetch_add(1, Ordering::Relaxed);
    let bytes = [PROCESS.to_be_bytes(), given.to_be_bytes()].concat();
    Version::new(bytes)
}

/// The bytes to store for `value`.
pub fn write(value: &[u8]) -> Cow<'_, [u8]> {
    match has_version(value) {
        false => Cow::Borrowed(value),
        true => Cow::Owned(write_versioned(value)),
    }
}

/// The bytes to store for `value` with a version of its own.
pub fn write_versioned(value: &[u8]) -> Vec<u8> {
    [&MARK, fresh_version().as_bytes(), value].concat()
}

/// The value of stored bytes.
pub fn read(mut stored: Bytes) -> Bytes {
    match has_version(&stored) {
        false => stored,
        true => stored.split_off(HEAD_BYTES),
    }
}

/// The value of stored bytes with its version; `None` where it has none.
pub fn read_versioned(mut stored: Bytes) -> Option<Versioned> {
    if !has_version(&stored) {
        return None;
    }
    let value = stored.split_off(HEAD_BYTES);
    // A copy, or the version would keep the value's memory.
    let version = Version::new(Bytes::copy_from_slice(&stored[MARK.len()..]));
    Some(Versioned { value, version })
}

fn has_version(stored: &[u8]) -> bool {
    stored.len() >= HEAD_BYTES && stored.starts_with(&MARK)
}

/// What the entry with this version begins with. A version that is none of Redis' never matches.
pub(crate) fn head(version: &Version) -> [u8; HEAD_BYTES] {
    let mut head = [0; HEAD_BYTES];
    head[..MARK.len()].copy_from_slice(&MARK);
    if version.as_bytes().len() == VERSION_BYTES {
        head[MARK.len()..].copy_from_slice(version.as_bytes());
    }
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_are_stored_as_they_are() {
        for value in [&b""[..], b"42", b"text", &MARK, &[0xf5; 40]] {
            assert!(matches!(write(value), Cow::Borrowed(stored) if stored == value));
            let stored = Bytes::copy_from_slice(value);
            assert_eq!(read(stored.clone()), value);
            assert_eq!(read_versioned(stored), None);
        }
    }

    #[test]
    fn versioned_values_are_read_with_and_without_their_version() {
        for value in [&b""[..], b"42", &MARK] {
            let stored = Bytes::from(write_versioned(value));
            assert_eq!(read(stored.clone()), value);
            let versioned = read_versioned(stored.clone()).unwrap();
            assert_eq!(versioned.value, value);
            assert_eq!(head(&versioned.version), stored[..HEAD_BYTES]);
        }
    }

    #[test]
    fn value_that_looks_like_a_versioned_one_comes_back() {
        let looks = write_versioned(b"inner");
        for value in [looks.clone(), write(&looks).into_owned()] {
            let stored = Bytes::from(write(&value).into_owned());
            assert_ne!(stored, value);
            assert_eq!(read(stored), value);
        }
    }

    #[test]
    fn versions_are_never_the_same_and_foreign_ones_never_match() {
        assert_ne!(fresh_version(), fresh_version());
        for foreign in [&b""[..], b"1", &[1; 17]] {
            let head = head(&Version::new(Bytes::from_static(foreign)));
            assert_eq!(head[MARK.len()..], [0; VERSION_BYTES]);
        }
    }
}
