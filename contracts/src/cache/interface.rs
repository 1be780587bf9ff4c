//! The trait of a cache, with the rules that hold for every backend.
//!
//! Values are bytes here, since that is what every server keeps; [`TypedCache`](super::TypedCache) puts serde on top.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{CacheError, CacheLimits, TimeToLive};
use crate::contract;

/// A cache of byte values under string keys, in one namespace of a store.
///
/// A value that was set is returned until it is overwritten, deleted or expired, or until a bounded backend had to
/// make room: every caller must be able to do without an entry. Handles on one namespace of one store see the same
/// entries; handles on different namespaces never do.
///
/// # Keys
/// - A key is any UTF-8 text, taken byte by byte: line ends, NUL, spaces and glob characters are data, letters differ
///   by case, and nothing is normalised. The empty key is a key like any other.
/// - A key has at most [`CacheLimits::key_bytes`] bytes. A longer one is
///   [`InvalidKey`](super::CacheErrorKind::InvalidKey), said before anything is sent or written.
///
/// # Values
/// - A value has at most [`CacheLimits::value_bytes`] bytes. A larger one is
///   [`ValueTooLarge`](super::CacheErrorKind::ValueTooLarge); the old value then stays or is gone, and is never torn.
/// - The empty value is a value, and not a miss.
///
/// # Time to live
/// - An entry is there until its time to live has passed, and gone within one [`CacheLimits::ttl_resolution`] after
///   that (plus the time the request takes). It is never gone early.
/// - A time to live counts from now, however long it is: thirty days and more are no date.
/// - Zero means expired from the start: [`set`](Self::set) with it removes what was there and stores nothing.
/// - Less than the resolution is rounded up to it, and in general to whole steps of it.
/// - [`FOREVER`](super::FOREVER) (100 years) and more mean no expiry, so that `Duration::MAX` works everywhere.
/// - An expired entry is a miss in every method, whether or not the store still holds it.
///
/// # Calls at once
/// - Each call happens as a whole: of two callers that add, delete or count at once, one comes first.
/// - A call whose future is dropped happens at once or never, and in any case not after a later call on that handle.
///
/// # Errors
/// Each method fails with a [`CacheError`], whose [`kind`](CacheError::kind) tells what the caller can do. An error
/// leaves the handle usable. After [`Unavailable`](super::CacheErrorKind::Unavailable) and
/// [`Timeout`](super::CacheErrorKind::Timeout) a write may or may not have happened. A miss is never an error, and an
/// unreachable server is never a miss. Where a call is wrong in more than one way, the key is judged first, then the
/// value, then the state of the entry.
#[contract]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CacheInterface: Send + Sync {
    /// The value under `key`, or `None`. Reading never extends a time to live.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) when somebody else's data of another kind (a list, say) is
    /// stored under the key.
    #[read]
    #[errors(InvalidKey)]
    async fn get(&self, #[key] key: &str) -> Result<Option<Bytes>, CacheError>;

    /// The values under `keys`, each at the position of its key: a miss is `None`, and a key that is asked for twice
    /// is answered twice. No keys give no values.
    ///
    /// The default asks for one key after the other. A backend with a command for many is free to answer a value of
    /// another kind with `None`, since Redis' MGET does.
    ///
    /// # Errors
    /// One invalid key makes the whole call fail with [`InvalidKey`](super::CacheErrorKind::InvalidKey).
    #[read]
    #[errors(InvalidKey)]
    async fn get_many(&self, #[key] keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    /// Stores `value` under `key`, whatever was there, its time to live included: without `ttl` the entry stays until
    /// it is overwritten or deleted.
    #[idempotent]
    #[errors(InvalidKey, ValueTooLarge)]
    async fn set(
        &self,
        #[key] key: &str,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<(), CacheError>;

    /// As [`set`](Self::set), but only where nothing is stored. Says whether it stored; where it did not, neither the
    /// value nor the time to live has changed.
    #[errors(InvalidKey, ValueTooLarge)]
    async fn add(
        &self,
        #[key] key: &str,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<bool, CacheError>;

    /// As [`set`](Self::set), but only where something is stored. Says whether it stored.
    #[errors(InvalidKey, ValueTooLarge)]
    async fn replace(
        &self,
        #[key] key: &str,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<bool, CacheError>;

    /// Removes what is under `key`, and says whether something was there.
    #[errors(InvalidKey)]
    async fn delete(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// Whether something is under `key`. It counts as no use of the entry, and never extends it.
    #[read]
    #[errors(InvalidKey)]
    async fn exists(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// Adds `by` (negative to count down, below zero too) to the counter under `key`, and returns the sum.
    ///
    /// A missing counter counts from 0 and has no time to live; an existing one keeps its own. The counter is stored
    /// as a decimal number: [`get`](Self::get) shows `b"42"`, and what [`set`](Self::set) stored as `b"42"` counts on.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) when the value is no canonical decimal `i64` (`"007"`, `" 1"`
    /// and `"+1"` are none), and [`OutOfRange`](super::CacheErrorKind::OutOfRange) when the sum is none. Neither
    /// changes anything.
    #[errors(InvalidKey, WrongKind, OutOfRange)]
    async fn increment(&self, #[key] key: &str, by: i64) -> Result<i64, CacheError>;

    /// Gives the entry under `key` a new time to live from now, and says whether there is one. Zero removes it.
    #[errors(InvalidKey)]
    async fn touch(&self, #[key] key: &str, #[ttl] ttl: Duration) -> Result<bool, CacheError>;

    /// Takes the time to live off the entry under `key`, and says whether that changed anything: not where nothing is
    /// stored, and not where there was none.
    #[errors(InvalidKey)]
    async fn persist(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// How long the entry under `key` still has.
    #[read]
    #[compare(with = super::lifetime::about_the_same)]
    #[errors(InvalidKey)]
    async fn ttl(&self, #[key] key: &str) -> Result<TimeToLive, CacheError>;

    /// What this handle accepts. The answer never changes, and asks no server.
    #[read]
    #[infallible]
    fn limits(&self) -> CacheLimits;
}
