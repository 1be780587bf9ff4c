//! The trait of a cache, with the rules that hold for every backend.
//!
//! Values are bytes here, since that is what every server keeps; [`TypedCache`](super::TypedCache) puts serde on top.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    CacheError, CacheErrorKind, CacheLimits, IfChanged, Swap, TimeToLive, Version, Versioned,
};
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
/// - Zero means expired from the start: a write with it removes what it would have replaced, stores nothing, and
///   answers as if it had stored.
/// - Less than the resolution is rounded up to it, and in general to whole steps of it.
/// - [`FOREVER`](super::FOREVER) (100 years) and more mean no expiry, so that `Duration::MAX` works everywhere.
/// - Decades below that are kept, or [`Unsupported`](super::CacheErrorKind::Unsupported) where the store's calendar
///   ends before they do; nothing is changed then.
/// - An expired entry is a miss in every method, whether or not the store still holds it.
///
/// # Concurrency
/// - Any number of tasks may use a handle and its clones at once, and any number of handles the same entries.
/// - A call on one key happens at one moment between its begin and its end, for all handles alike. What one handle was
///   told to be written, every other one finds.
/// - A batch is a call a key, in no order that anybody may rely on, unless [`CacheLimits::atomic_batches`] says that it
///   happens as one.
/// - Of several calls at once that add, take, delete, replace or count, each is told what it has done itself: one has
///   added, one has taken, and every sum is told once.
/// - A call that is dropped before it has answered may or may not have its effect, then or soon after, but not after a
///   later call on that handle. It never has a part of it, and never answers another call.
///
/// # Batches
/// One key over the limit refuses a batch before anything is written, and so does one value. A batch of nothing does
/// nothing. Where a batch of writes fails, [`CacheError::keys`] names what it failed on.
///
/// # Errors
/// Each method fails with a [`CacheError`], whose [`kind`](CacheError::kind) tells what the caller can do. An error
/// leaves the handle usable. A miss is never an error, and an unreachable server is never a miss. Where a call is wrong
/// in more than one way, the handle is judged first, then the key, then the value, then the state of the entry.
///
/// # Failure
/// This is for backends whose store is elsewhere.
/// - Every call ends in bounded time, whatever has become of the server and of the network: with its own answer, or
///   [`Unavailable`](super::CacheErrorKind::Unavailable) or [`Timeout`](super::CacheErrorKind::Timeout).
/// - After these two a write has happened once or not at all, or happens soon after; never in part, and never twice: a
///   backend does not send anew what the server may have had. A read is safe to repeat.
/// - What was acknowledged is there, unless the server has lost it.
/// - A handle outlives whatever ends its connections, and is served again by itself within a second of the server's
///   return.
/// - No error and no debug output holds a password or a value, and a backend logs none. Where its client library does,
///   its documentation says so.
///
/// # Writing a backend
/// The methods without a default are what only a store can do; the defaults are right on top of them, and are there to
/// be overridden for speed: a batch should be one round trip. [`Namespace`](super::Namespace) joins names and keys,
/// [`Lifetime`](super::Lifetime) reads times to live, [`CacheLimits`] refuses what does not fit and
/// [`Closing`](super::Closing) what comes too late, each as all backends do. A backend that cannot do what a method
/// promises answers [`Unsupported`](super::CacheErrorKind::Unsupported), changes nothing, and declares the lack.
#[contract(arguments(Version))]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CacheInterface: Send + Sync {
    /// The value under `key`, or `None`. Reading changes nothing, and never extends a time to live.
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
    /// Each value is one that its key had during the call. The default asks for one key after the other. A backend with
    /// a command for many is free to answer a value of another kind with `None`, since Redis' MGET does.
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

    /// Stores every one of `entries`, each with the time to live that [`set`](Self::set) would give it. Where a key
    /// comes twice, its last value stays.
    ///
    /// The default stores one entry after the other.
    ///
    /// # Errors
    /// They name the keys: [`CacheError::keys`] says what that means for what was written.
    #[idempotent]
    #[errors(InvalidKey, ValueTooLarge)]
    async fn set_many(
        &self,
        #[key] entries: &[(String, Bytes)],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.limits().check_entries(entries)?;
        for (done, (key, value)) in entries.iter().enumerate() {
            let rest = || entries[done..].iter().map(|(key, _)| key);
            self.set(key, value, ttl)
                .await
                .map_err(|error| error.with_keys(rest()))?;
        }
        Ok(())
    }

    /// As [`set`](Self::set), but only where nothing is stored. Says whether it stored; where it did not, neither the
    /// value nor the time to live has changed.
    #[idempotent]
    #[errors(InvalidKey, ValueTooLarge)]
    async fn add(
        &self,
        #[key] key: &str,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<bool, CacheError>;

    /// As [`set`](Self::set), but only where something is stored, of whichever kind. Says whether it stored.
    #[idempotent]
    #[errors(InvalidKey, ValueTooLarge)]
    async fn replace(
        &self,
        #[key] key: &str,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<bool, CacheError>;

    /// Removes what is under `key`, and says whether something was there.
    #[idempotent]
    #[errors(InvalidKey)]
    async fn delete(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// Removes what is under `keys`, and says under how many of them something was: a key that comes twice counts once,
    /// and of several calls that remove it one.
    ///
    /// The default removes one after the other.
    ///
    /// # Errors
    /// They name the keys: [`CacheError::keys`] says what that means for what was removed.
    #[idempotent]
    #[errors(InvalidKey)]
    async fn delete_many(&self, #[key] keys: &[String]) -> Result<u64, CacheError> {
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        let mut removed = 0;
        for (done, key) in keys.iter().enumerate() {
            let there = self.delete(key).await;
            removed += u64::from(there.map_err(|error| error.with_keys(&keys[done..]))?);
        }
        Ok(removed)
    }

    /// Removes what is under `key` and returns it: of several callers one gets the value, and all others nothing.
    ///
    /// The default swaps for nothing what it has read, and begins again where somebody else was faster.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) as [`get`](Self::get); the entry then stays. Where the answer is
    /// lost, so may be the value, with nobody having got it.
    #[idempotent]
    #[errors(InvalidKey)]
    async fn take(&self, #[key] key: &str) -> Result<Option<Bytes>, CacheError> {
        const GONE: Option<Duration> = Some(Duration::ZERO);
        loop {
            let Some(Versioned { value, version }) = self.get_versioned(key).await? else {
                return Ok(None);
            };
            match self.compare_and_swap(key, &version, b"", GONE).await? {
                Swap::Stored => return Ok(Some(value)),
                Swap::Missing => return Ok(None),
                Swap::Stale => {}
            }
        }
    }

    /// The value under `key` with its version, or `None`: what [`compare_and_swap`](Self::compare_and_swap) goes by.
    ///
    /// Every write of the value gives a version that the key never had, and so does what deletes or lets expire and
    /// stores again. Reading leaves it as it is, and so does whatever changes only the time to live. A store that keeps
    /// no versions may have to write one down: so this needs the permission to write, and costs more than `get`.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) as [`get`](Self::get).
    #[read]
    #[compare(with = super::version::same_value)]
    #[errors(InvalidKey)]
    async fn get_versioned(&self, #[key] key: &str) -> Result<Option<Versioned>, CacheError>;

    /// As [`get_versioned`](Self::get_versioned), but the value comes only where the entry has another version than
    /// `known`: for those who keep a copy.
    ///
    /// The default has the value come, and compares.
    ///
    /// # Errors
    /// As [`get_versioned`](Self::get_versioned).
    #[read]
    #[compare(with = super::version::same_change)]
    #[errors(InvalidKey)]
    async fn get_if_changed(
        &self,
        #[key] key: &str,
        known: &Version,
    ) -> Result<IfChanged, CacheError> {
        Ok(match self.get_versioned(key).await? {
            None => IfChanged::Missing,
            Some(entry) if entry.version == *known => IfChanged::Unchanged,
            Some(entry) => IfChanged::Changed(entry),
        })
    }

    /// As [`set`](Self::set), but only where the entry still has `version`. An entry that was changed and changed back
    /// has another one, and a version that was never given is none.
    ///
    /// Who retries after [`Timeout`](super::CacheErrorKind::Timeout) may find [`Swap::Stale`] by its own write.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) as [`get`](Self::get).
    #[idempotent]
    #[errors(InvalidKey, ValueTooLarge)]
    async fn compare_and_swap(
        &self,
        #[key] key: &str,
        version: &Version,
        value: &[u8],
        #[ttl] ttl: Option<Duration>,
    ) -> Result<Swap, CacheError>;

    /// Whether something is under `key`. It counts as no use of the entry, and never extends it.
    #[read]
    #[errors(InvalidKey)]
    async fn exists(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// Adds `by` (negative to count down, below zero too) to the counter under `key`, and returns the sum.
    ///
    /// A missing counter, an expired one too, counts from 0 and has no time to live; an existing one keeps its own.
    /// Every call is counted at most once, so that a caller who repeats it after a failure may count twice. The counter
    /// is stored as a decimal number: [`get`](Self::get) shows `b"42"`, and what [`set`](Self::set) stored as `b"42"`
    /// counts on.
    ///
    /// # Errors
    /// [`WrongKind`](super::CacheErrorKind::WrongKind) when the value is no canonical decimal `i64` (`"007"`, `" 1"`
    /// and `"+1"` are none), and [`OutOfRange`](super::CacheErrorKind::OutOfRange) when the sum is none. Neither
    /// changes anything.
    #[errors(InvalidKey, WrongKind, OutOfRange)]
    async fn increment(&self, #[key] key: &str, by: i64) -> Result<i64, CacheError>;

    /// Gives the entry under `key` a new time to live from now, longer or shorter, and says whether there is one. The
    /// value and its version stay. Zero removes the entry, and [`FOREVER`](super::FOREVER) takes its time to live off.
    #[idempotent]
    #[errors(InvalidKey)]
    async fn touch(&self, #[key] key: &str, #[ttl] ttl: Duration) -> Result<bool, CacheError>;

    /// Takes the time to live off the entry under `key`, and says whether that changed anything: not where nothing is
    /// stored, and not where there was none.
    #[idempotent]
    #[errors(InvalidKey)]
    async fn persist(&self, #[key] key: &str) -> Result<bool, CacheError>;

    /// How long the entry under `key` still has, give or take one [`ttl_resolution`](CacheLimits::ttl_resolution).
    #[read]
    #[compare(with = super::lifetime::about_the_same)]
    #[errors(InvalidKey)]
    async fn ttl(&self, #[key] key: &str) -> Result<TimeToLive, CacheError>;

    /// Removes every entry of this namespace, and none of another.
    ///
    /// Gone is what was there when it was called, unless it is written again meanwhile; what is written meanwhile is
    /// there or gone; what is written afterwards is there. The default deletes what a scan finds.
    ///
    /// # Errors
    /// Where it fails, some of the entries may be gone.
    #[idempotent]
    async fn clear(&self) -> Result<(), CacheError> {
        self.delete_prefix("").await.map(drop)
    }

    /// The keys of this namespace that begin with `prefix`, byte by byte: no character of it is a pattern.
    ///
    /// A key that is there all the while is found; one that comes, goes or expires meanwhile may be. It ends whatever
    /// is written meanwhile. On a server this reads through all keys of the database, in steps that hold nobody up: for
    /// administration and tests, and not for every request.
    ///
    /// # Errors
    /// [`Unsupported`](super::CacheErrorKind::Unsupported) by a store that cannot list its keys, whose
    /// [`limits`](Self::limits) say so. A prefix longer than any key is no error, and finds nothing.
    #[read]
    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        let _ = prefix;
        Err(CacheError::new(
            CacheErrorKind::Unsupported,
            "this store cannot list its keys",
        ))
    }

    /// Removes every entry whose key begins with `prefix`, as [`scan`](Self::scan) finds them, and says how many it
    /// removed. What is written meanwhile is there or gone.
    ///
    /// # Errors
    /// [`Unsupported`](super::CacheErrorKind::Unsupported) by a store that cannot list its keys. Where it fails
    /// otherwise, some of the entries may be gone.
    #[idempotent]
    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        let keys: Vec<String> = self.scan(prefix).await?.into_iter().collect();
        self.delete_many(&keys).await
    }

    /// Gives up what this handle holds, connections above all; the entries stay. Closing once more does nothing.
    ///
    /// It closes the clones of this handle as well, and whatever else shares its connections. A call that is under way
    /// meanwhile ends as ever, or fails as with a server that is lost; one that comes later is refused.
    ///
    /// # Errors
    /// None that come of closing: a server that cannot be reached is left alone. Every later call fails with
    /// [`Closed`](super::CacheErrorKind::Closed), but for this one and [`limits`](Self::limits).
    #[undriven = "all that comes after it is refused, which cases show"]
    async fn close(&self) -> Result<(), CacheError>;

    /// What this handle accepts. The answer never changes, and asks no server.
    #[read]
    #[infallible]
    fn limits(&self) -> CacheLimits;
}
