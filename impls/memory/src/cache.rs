//! The handle: the cache contract on a shared store.
//!
//! Every method holds the lock from its first look to its last change, batches included, so that each is atomic; and
//! none waits for anything.

use std::collections::BTreeSet;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Closing, Lifetime, Namespace, Swap,
    TimeToLive, Version, Versioned,
};
use tokio::time::Instant;

use crate::entries::{Entries, Entry};
use crate::store::{MemoryStore, Shared};

/// A cache in one namespace of a [`MemoryStore`]. Clones share their entries.
#[derive(Debug, Clone)]
pub struct MemoryCache {
    store: Arc<Shared>,
    namespace: Namespace,
    closing: Arc<Closing>,
}

impl MemoryCache {
    pub(crate) fn new(store: Arc<Shared>, namespace: Namespace) -> Self {
        Self {
            store,
            namespace,
            closing: Arc::default(),
        }
    }

    /// The stored key of a call that may go on.
    fn key(&self, key: &str) -> Result<String, CacheError> {
        self.closing.check()?;
        self.namespace.join(key)
    }

    fn keys(&self, keys: &[String]) -> Result<Vec<String>, CacheError> {
        self.closing.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        keys.iter().map(|key| self.namespace.join(key)).collect()
    }

    fn entries(&self) -> (MutexGuard<'_, Entries>, Instant) {
        // The lock first: what comes later has a later time.
        let entries = self.store.entries();
        (entries, Instant::now())
    }

    /// The stored keys of this namespace that begin with a caller's `prefix`.
    fn stored(&self, entries: &Entries, prefix: &str, now: Instant) -> Vec<Arc<str>> {
        let prefix = [self.namespace.prefix(), prefix].concat();
        entries.keys(&prefix, now)
    }

    /// Stores what is valid where `allowed` says so, and says whether it did.
    fn write(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
        allowed: impl FnOnce(Option<&Entry>) -> bool,
    ) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        // Copied before the lock is taken: a large value must not hold the others up.
        let value = Bytes::copy_from_slice(value);
        let (mut entries, now) = self.entries();
        let stores = allowed(entries.peek(&key, now));
        if stores {
            store(&mut entries, &key, value, ttl, now);
        }
        Ok(stores)
    }
}

#[async_trait]
impl CacheInterface for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        let entry = entries.get(&key, now);
        Ok(entry.map(|entry| entry.value.clone()))
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys = self.keys(keys)?;
        let (mut entries, now) = self.entries();
        let value = |key: &String| entries.get(key, now).map(|entry| entry.value.clone());
        Ok(keys.iter().map(value).collect())
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.write(key, value, ttl, |_| true).map(drop)
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.closing.check()?;
        self.limits().check_entries(entries)?;
        // Copied, since a caller's bytes may be a small part of something large.
        let copies = entries.iter().map(|(key, value)| {
            let key = self.namespace.join(key)?;
            Ok((key, Bytes::copy_from_slice(value)))
        });
        let copies: Vec<_> = copies.collect::<Result<_, CacheError>>()?;
        let (mut entries, now) = self.entries();
        for (key, value) in copies {
            store(&mut entries, &key, value, ttl, now);
        }
        Ok(())
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.write(key, value, ttl, |old| old.is_none())
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.write(key, value, ttl, |old| old.is_some())
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        Ok(entries.remove(&key, now))
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let keys = self.keys(keys)?;
        let (mut entries, now) = self.entries();
        let removed = keys.iter().filter(|key| entries.remove(key, now));
        Ok(removed.count() as u64)
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        let value = entries.peek(&key, now).map(|entry| entry.value.clone());
        entries.remove(&key, now);
        Ok(value)
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        let entry = entries.get(&key, now);
        Ok(entry.map(|entry| Versioned {
            value: entry.value.clone(),
            version: version(entry),
        }))
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        wanted: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        let mut swap = Swap::Missing;
        let stale_or_stored = |entry: &Entry| match version(entry) == *wanted {
            true => Swap::Stored,
            false => Swap::Stale,
        };
        self.write(key, value, ttl, |old| {
            swap = old.map_or(Swap::Missing, stale_or_stored);
            swap == Swap::Stored
        })?;
        Ok(swap)
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        let (entries, now) = self.entries();
        Ok(entries.peek(&key, now).is_some())
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        let old = entries.peek(&key, now);
        let sum = counter(old)?
            .checked_add(by)
            .ok_or_else(|| CacheError::new(CacheErrorKind::OutOfRange, "the sum is no `i64`"))?;
        let expires = old.and_then(|entry| entry.expires);
        entries.insert(&key, Bytes::from(sum.to_string()), expires, now);
        Ok(sum)
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        Ok(match expiry(Some(ttl), now) {
            Expiry::Passed => entries.remove(&key, now),
            Expiry::At(expires) => entries.expire(&key, expires, now),
        })
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        let (mut entries, now) = self.entries();
        let old = entries.peek(&key, now);
        let expiring = old.is_some_and(|entry| entry.expires.is_some());
        Ok(expiring && entries.expire(&key, None, now))
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.key(key)?;
        let (entries, now) = self.entries();
        Ok(match entries.peek(&key, now) {
            None => TimeToLive::Missing,
            Some(entry) => entry.expires.map_or(TimeToLive::Forever, |at| {
                TimeToLive::Remaining(at.duration_since(now))
            }),
        })
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.closing.check()?;
        let (entries, now) = self.entries();
        let stored = self.stored(&entries, prefix, now);
        let keys = stored.iter().filter_map(|key| self.namespace.split(key));
        Ok(keys.map(str::to_owned).collect())
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.closing.check()?;
        let (mut entries, now) = self.entries();
        let stored = self.stored(&entries, prefix, now);
        let removed = stored.iter().filter(|key| entries.remove(key, now));
        Ok(removed.count() as u64)
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.closing.close();
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(
            self.namespace.key_bytes(),
            self.store.value_bytes,
            MemoryStore::TTL_RESOLUTION,
        )
        .with_atomic_batches()
    }
}

/// When an entry is gone.
enum Expiry {
    /// From the start.
    Passed,
    /// At this moment, or never.
    At(Option<Instant>),
}

fn expiry(ttl: Option<Duration>, now: Instant) -> Expiry {
    match Lifetime::new(ttl, MemoryStore::TTL_RESOLUTION) {
        Lifetime::Expired => Expiry::Passed,
        // What the clock cannot express is as good as for ever.
        Lifetime::For(ttl) => Expiry::At(now.checked_add(ttl)),
        Lifetime::Forever => Expiry::At(None),
    }
}

fn store(entries: &mut Entries, key: &str, value: Bytes, ttl: Option<Duration>, now: Instant) {
    match expiry(ttl, now) {
        Expiry::Passed => drop(entries.remove(key, now)),
        Expiry::At(expires) => entries.insert(key, value, expires, now),
    }
}

fn version(entry: &Entry) -> Version {
    Version::new(entry.version.to_be_bytes().to_vec())
}

/// The counter in an entry: canonical decimal, as Redis has it.
fn counter(entry: Option<&Entry>) -> Result<i64, CacheError> {
    let Some(entry) = entry else { return Ok(0) };
    std::str::from_utf8(&entry.value)
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
