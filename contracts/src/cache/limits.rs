//! What a handle accepts: the numbers in which backends differ without breaking the contract.

use std::time::Duration;

use bytes::Bytes;

use super::{CacheError, CacheErrorKind};

/// The sizes a handle accepts and the steps in which it keeps time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CacheLimits {
    /// The longest key in bytes: what the namespace leaves of the 250 bytes of a stored key, or of fewer where the store
    /// needs some of them itself.
    pub key_bytes: usize,
    /// The largest value in bytes.
    pub value_bytes: usize,
    /// The step in which times to live are kept. An entry can outlive its time by up to one step.
    pub ttl_resolution: Duration,
    /// Whether a batch of writes happens as one: nobody sees a part of it, and it never fails in part.
    pub atomic_batches: bool,
    /// Whether keys can be listed. Where not, what needs that is
    /// [`Unsupported`](CacheErrorKind::Unsupported).
    pub scan: bool,
}

impl CacheLimits {
    /// Limits on keys and values in bytes, and the step in which times to live are kept. Batches are not atomic, and
    /// keys can be listed.
    pub fn new(key_bytes: usize, value_bytes: usize, ttl_resolution: Duration) -> Self {
        Self {
            key_bytes,
            value_bytes,
            ttl_resolution,
            atomic_batches: false,
            scan: true,
        }
    }

    /// The same limits where a batch of writes happens as one.
    #[must_use]
    pub fn with_atomic_batches(self) -> Self {
        Self {
            atomic_batches: true,
            ..self
        }
    }

    /// The same limits where keys cannot be listed.
    #[must_use]
    pub fn without_scan(self) -> Self {
        Self {
            scan: false,
            ..self
        }
    }

    /// Accepts a key that fits.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) with both sizes.
    pub fn check_key(&self, key: &str) -> Result<(), CacheError> {
        check("key", key.len(), self.key_bytes, CacheErrorKind::InvalidKey)
    }

    /// Accepts a batch of keys that all fit.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) as for the first key that does not fit, naming all of them.
    pub fn check_keys<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), CacheError> {
        all(keys.into_iter().map(|key| (key, self.check_key(key))))
    }

    /// Accepts a batch of entries that all fit: the keys are judged before the values.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) or [`ValueTooLarge`](CacheErrorKind::ValueTooLarge) as for the first
    /// entry that does not fit, naming the keys of all of them.
    pub fn check_entries(&self, entries: &[(String, Bytes)]) -> Result<(), CacheError> {
        self.check_keys(entries.iter().map(|(key, _)| &**key))?;
        all(entries
            .iter()
            .map(|(key, value)| (&**key, self.check_value(value))))
    }

    /// Accepts a value that fits.
    ///
    /// # Errors
    /// [`ValueTooLarge`](CacheErrorKind::ValueTooLarge) with both sizes.
    pub fn check_value(&self, value: &[u8]) -> Result<(), CacheError> {
        check(
            "value",
            value.len(),
            self.value_bytes,
            CacheErrorKind::ValueTooLarge,
        )
    }
}

fn check(what: &str, len: usize, limit: usize, kind: CacheErrorKind) -> Result<(), CacheError> {
    if len <= limit {
        return Ok(());
    }
    let message = format!("the {what} has {len} bytes, and {limit} fit");
    Err(CacheError::new(kind, message))
}

/// The first error, with the keys of all.
fn all<'a>(
    checks: impl Iterator<Item = (&'a str, Result<(), CacheError>)>,
) -> Result<(), CacheError> {
    let mut first = None;
    let mut keys = Vec::new();
    for (key, check) in checks {
        if let Err(error) = check {
            first.get_or_insert(error);
            keys.push(key);
        }
    }
    match first {
        None => Ok(()),
        Some(error) => Err(error.with_keys(keys)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_fits_and_one_more_does_not() {
        let limits = CacheLimits::new(10, 3, Duration::from_millis(1));
        assert!(limits.check_value(b"abc").is_ok());
        let error = limits.check_value(b"abcd").unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
        assert_eq!(error.message(), "the value has 4 bytes, and 3 fit");
    }

    #[test]
    fn a_batch_is_refused_with_the_keys_that_do_not_fit() {
        let limits = CacheLimits::new(2, 1, Duration::ZERO);
        let entry = |key: &str, value: &'static [u8]| (key.to_owned(), Bytes::from_static(value));
        assert!(limits.check_entries(&[entry("ab", b"1")]).is_ok());
        let entries = [
            entry("a", b"12"),
            entry("abc", b"1"),
            entry("b", b"1"),
            entry("c", b"12"),
        ];
        let error = limits.check_entries(&entries).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::InvalidKey);
        assert_eq!(error.keys().collect::<Vec<_>>(), ["abc"]);
        let entries = [entry("a", b"12"), entry("b", b"1"), entry("c", b"12")];
        let error = limits.check_entries(&entries).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
        assert_eq!(error.keys().collect::<Vec<_>>(), ["a", "c"]);
    }
}
