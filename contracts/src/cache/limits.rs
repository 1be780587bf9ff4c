//! What a handle accepts: the numbers in which backends differ without breaking the contract.

use std::time::Duration;

use super::{CacheError, CacheErrorKind};

/// The sizes a handle accepts and the steps in which it keeps time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CacheLimits {
    /// The longest key in bytes: what the namespace leaves of the 250 bytes of a stored key.
    pub key_bytes: usize,
    /// The largest value in bytes.
    pub value_bytes: usize,
    /// The step in which times to live are kept. An entry can outlive its time by up to one step.
    pub ttl_resolution: Duration,
}

impl CacheLimits {
    /// Limits on keys and values in bytes, and the step in which times to live are kept.
    pub fn new(key_bytes: usize, value_bytes: usize, ttl_resolution: Duration) -> Self {
        Self {
            key_bytes,
            value_bytes,
            ttl_resolution,
        }
    }

    /// Accepts a value that fits.
    ///
    /// # Errors
    /// [`ValueTooLarge`](CacheErrorKind::ValueTooLarge) with both sizes.
    pub fn check_value(&self, value: &[u8]) -> Result<(), CacheError> {
        if value.len() <= self.value_bytes {
            return Ok(());
        }
        let (len, limit) = (value.len(), self.value_bytes);
        Err(CacheError::new(
            CacheErrorKind::ValueTooLarge,
            format!("the value has {len} bytes, and {limit} fit"),
        ))
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
}
