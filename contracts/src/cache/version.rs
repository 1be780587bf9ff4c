//! Which write an entry stems from: what a conditional write is held against.
//!
//! Opaque bytes, since every store has its own: memcached counts, Redis has none and is given a random one.

use std::fmt;

use bytes::Bytes;

/// A version of an entry, as [`get_versioned`](super::CacheInterface::get_versioned) tells it.
///
/// No two writes under one key give the same, whatever they store, and whether or not the entry was gone in between.
#[derive(Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "check", derive(serde::Serialize, serde::Deserialize))]
pub struct Version(Bytes);

impl Version {
    /// A version that a backend writes as these bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, which mean something to the backend alone.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Version(")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A value with the version it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Versioned {
    /// The value.
    pub value: Bytes,
    /// The write it stems from.
    pub version: Version,
}

/// What [`get_if_changed`](super::CacheInterface::get_if_changed) finds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IfChanged {
    /// The entry still has the version, and so the value that came with it.
    Unchanged,
    /// There is no entry.
    Missing,
    /// The entry has another version.
    Changed(Versioned),
}

/// What became of a [`compare_and_swap`](super::CacheInterface::compare_and_swap).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Swap {
    /// The entry had the version, and has the new value.
    Stored,
    /// The entry has another version. Nothing was changed.
    Stale,
    /// There is no entry. Nothing was changed.
    Missing,
}

/// Whether two answers of [`get_versioned`](super::CacheInterface::get_versioned) have the same value: versions are each
/// store's own.
#[cfg(feature = "check")]
pub(super) fn same_value(
    one: &Result<Option<Versioned>, super::CacheError>,
    other: &Result<Option<Versioned>, super::CacheError>,
    _: std::time::Duration,
) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            one.as_ref().map(|entry| &entry.value) == other.as_ref().map(|entry| &entry.value)
        }
        (Err(one), Err(other)) => one.kind() == other.kind(),
        _ => false,
    }
}

/// Whether two answers of [`get_if_changed`](super::CacheInterface::get_if_changed) are the same but for the versions.
#[cfg(feature = "check")]
pub(super) fn same_change(
    one: &Result<IfChanged, super::CacheError>,
    other: &Result<IfChanged, super::CacheError>,
    _: std::time::Duration,
) -> bool {
    match (one, other) {
        (Ok(IfChanged::Changed(one)), Ok(IfChanged::Changed(other))) => one.value == other.value,
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.kind() == other.kind(),
        _ => false,
    }
}

/// Versions that no store has given: nothing can know beforehand what it will give.
#[cfg(feature = "check")]
impl crate::check::Argument for Version {
    fn generate(draw: &mut crate::check::Draw<'_>) -> Self {
        Self::new(draw.pick(&[&b""[..], b"1", b"no version of any store"]))
    }

    fn source(&self) -> String {
        format!("Version::new(&b\"{}\"[..])", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_is_its_bytes_and_shown_in_hexadecimal() {
        let version = Version::new(&b"\x00\xffa"[..]);
        assert_eq!(version.as_bytes(), b"\x00\xffa");
        assert_eq!(format!("{version:?}"), "Version(00ff61)");
        assert_ne!(version, Version::new(&b"\x00\xff"[..]));
    }
}
