//! The handle: the cache contract on a shared store.
//!
//! Every method holds the lock for one look-up or one change, so that each is atomic, and none waits for anything.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Lifetime, Namespace, TimeToLive,
};
use tokio::time::Instant;

use crate::entries::{Entries, Entry};
use crate::store::{MemoryStore, Shared};

/// A cache in one namespace of a [`MemoryStore`]. Clones share their entries.
#[derive(Debug, Clone)]
pub struct MemoryCache {
    store: Arc<Shared>,
    namespace: Namespace,
}

impl MemoryCache {
    pub(crate) fn new(store: Arc<Shared>, namespace: Namespace) -> Self {
        Self { store, namespace }
    }

    /// Stores what is valid where `allowed` says so, and says whether it did.
    fn write(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
        allowed: impl FnOnce(Option<&Entry>) -> bool,
    ) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        self.limits().check_value(value)?;
        // Copied before the lock is taken: a large value must not hold the others up.
        let value = Bytes::copy_from_slice(value);
        let mut entries = self.store.entries();
        let now = Instant::now();
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
        let key = self.namespace.join(key)?;
        let mut entries = self.store.entries();
        let entry = entries.get(&key, Instant::now());
        Ok(entry.map(|entry| entry.value.clone()))
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let keys: Vec<String> = keys
            .iter()
            .map(|key| self.namespace.join(key))
            .collect::<Result<_, _>>()?;
        let mut entries = self.store.entries();
        let now = Instant::now();
        let value = |key: &String| entries.get(key, now).map(|entry| entry.value.clone());
        Ok(keys.iter().map(value).collect())
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.write(key, value, ttl, |_| true).map(drop)
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
        let key = self.namespace.join(key)?;
        Ok(self.store.entries().remove(&key, Instant::now()))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        Ok(self.store.entries().peek(&key, Instant::now()).is_some())
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.namespace.join(key)?;
        let mut entries = self.store.entries();
        let now = Instant::now();
        let old = entries.peek(&key, now);
        let sum = counter(old)?
            .checked_add(by)
            .ok_or_else(|| CacheError::new(CacheErrorKind::OutOfRange, "the sum is no `i64`"))?;
        let expires = old.and_then(|entry| entry.expires);
        let value = Bytes::from(sum.to_string());
        entries.insert(&key, Entry { value, expires }, now);
        Ok(sum)
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        let mut entries = self.store.entries();
        let now = Instant::now();
        let old = entries.peek(&key, now).map(|entry| entry.value.clone());
        let present = old.is_some();
        if let Some(value) = old {
            store(&mut entries, &key, value, Some(ttl), now);
        }
        Ok(present)
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.namespace.join(key)?;
        let mut entries = self.store.entries();
        let now = Instant::now();
        let expiring = entries
            .peek(&key, now)
            .filter(|entry| entry.expires.is_some())
            .map(|entry| entry.value.clone());
        let changes = expiring.is_some();
        if let Some(value) = expiring {
            store(&mut entries, &key, value, None, now);
        }
        Ok(changes)
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let key = self.namespace.join(key)?;
        let entries = self.store.entries();
        let now = Instant::now();
        Ok(match entries.peek(&key, now) {
            None => TimeToLive::Missing,
            Some(entry) => entry.expires.map_or(TimeToLive::Forever, |at| {
                TimeToLive::Remaining(at.duration_since(now))
            }),
        })
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(
            self.namespace.key_bytes(),
            self.store.value_bytes,
            MemoryStore::TTL_RESOLUTION,
        )
    }
}

fn store(entries: &mut Entries, key: &str, value: Bytes, ttl: Option<Duration>, now: Instant) {
    let expires = match Lifetime::new(ttl, MemoryStore::TTL_RESOLUTION) {
        Lifetime::Expired => {
            entries.remove(key, now);
            return;
        }
        // What the clock cannot express is as good as for ever.
        Lifetime::For(ttl) => now.checked_add(ttl),
        Lifetime::Forever => None,
    };
    entries.insert(key, Entry { value, expires }, now);
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
