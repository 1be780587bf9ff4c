//! What is stored under a key, and when moka may drop it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use contrait::cache::{CacheError, CacheErrorKind, Version};
use moka::Expiry;

/// What is stored under a key.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) value: Bytes,
    /// Which write it stems from, of all writes to the store.
    pub(crate) version: u64,
    /// The entry is there before this moment. `None` is for ever.
    pub(crate) expires: Option<Instant>,
}

impl Entry {
    pub(crate) fn is_there(&self) -> bool {
        self.expires.is_none_or(|at| Instant::now() < at)
    }

    pub(crate) fn version(&self) -> Version {
        Version::new(self.version.to_be_bytes().to_vec())
    }

    /// The counter that it is: canonical decimal, as Redis has it.
    pub(crate) fn counter(&self) -> Result<i64, CacheError> {
        std::str::from_utf8(&self.value)
            .ok()
            .and_then(|text| Some((text, text.parse::<i64>().ok()?)))
            .filter(|(text, number)| number.to_string() == *text)
            .map(|(_, number)| number)
            .ok_or_else(|| {
                CacheError::new(
                    CacheErrorKind::WrongKind,
                    "the value is no canonical decimal `i64`",
                )
            })
    }
}

/// Tells moka when entries can go. Whether one is there is judged by the entry itself: moka's clock is another one.
pub(crate) struct WhenPassed;

impl WhenPassed {
    fn left(entry: &Entry) -> Option<Duration> {
        let at = entry.expires?;
        Some(at.saturating_duration_since(Instant::now()))
    }
}

impl Expiry<String, Entry> for WhenPassed {
    fn expire_after_create(&self, _: &String, entry: &Entry, _: Instant) -> Option<Duration> {
        Self::left(entry)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Self::left(entry)
    }
}
