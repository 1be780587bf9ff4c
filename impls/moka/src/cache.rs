//! The handle: the cache contract on a shared store.
//!
//! moka decides about one key at a time, and lets nobody else write it meanwhile: every write that depends on what is
//! there is one such decision. Batches are several.

use std::collections::BTreeSet;
use std::future::ready;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Closing, Lifetime, Namespace, Swap,
    TimeToLive, Version, Versioned,
};
use moka::ops::compute::Op;

use crate::entry::Entry;
use crate::store::{MokaStore, Shared};

/// A cache in one namespace of a [`MokaStore`]. Clones share their entries.
#[derive(Debug, Clone)]
pub struct MokaCache {
    store: Arc<Shared>,
    namespace: Namespace,
    closing: Arc<Closing>,
}

impl MokaCache {
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

    async fn find(&self, key: &str) -> Result<Option<Entry>, CacheError> {
        let entry = self.store.entries.get(&self.key(key)?).await;
        Ok(entry.filter(Entry::is_there))
    }

    /// Decides by what is there, and nobody writes the key meanwhile.
    async fn decide<T: Send>(
        &self,
        key: String,
        decide: impl FnOnce(Option<Entry>) -> Result<(Op<Entry>, T), CacheError> + Send,
    ) -> Result<T, CacheError> {
        let mut told = None;
        let compute = |old: Option<moka::Entry<String, Entry>>| {
            let old = old.map(moka::Entry::into_value).filter(Entry::is_there);
            let decided = decide(old).map(|(operation, tell)| {
                told = Some(tell);
                operation
            });
            ready(decided)
        };
        let entry = self.store.entries.entry(key);
        entry.and_try_compute_with(compute).await?;
        told.ok_or_else(|| CacheError::new(CacheErrorKind::Other, "moka asked for no decision"))
    }

    /// What stores `value` in place of what is there.
    fn put(&self, value: Bytes, ttl: Option<Duration>) -> Op<Entry> {
        match expiry(ttl) {
            Expiry::Passed => Op::Remove,
            Expiry::At(expires) => Op::Put(Entry {
                value,
                version: self.store.next_version(),
                expires,
            }),
        }
    }

    /// Stores what is valid where `allowed` says so, and returns what it said.
    async fn write<T: Send>(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
        allowed: impl FnOnce(Option<Entry>) -> (bool, T) + Send,
    ) -> Result<T, CacheError> {
        let key = self.key(key)?;
        self.limits().check_value(value)?;
        let value = Bytes::copy_from_slice(value);
        self.decide(key, |old| {
            let (stores, tell) = allowed(old);
            let operation = match stores {
                true => self.put(value, ttl),
                false => Op::Nop,
            };
            Ok((operation, tell))
        })
        .await
    }

    /// The stored keys of this namespace that begin with a caller's `prefix`.
    fn stored(&self, prefix: &str) -> Vec<Arc<String>> {
        let prefix = [self.namespace.prefix(), prefix].concat();
        let entries = self.store.entries.iter();
        entries
            .filter(|(key, entry)| key.starts_with(&prefix) && entry.is_there())
            .map(|(key, _)| key)
            .collect()
    }
}

/// When an entry is gone.
enum Expiry {
    /// From the start.
    Passed,
    /// At this moment, or never.
    At(Option<Instant>),
}

fn expiry(ttl: Option<Duration>) -> Expiry {
    match Lifetime::new(ttl, MokaStore::TTL_RESOLUTION) {
        Lifetime::Expired => Expiry::Passed,
        // What the clock cannot express is as good as for ever.
        Lifetime::For(ttl) => Expiry::At(Instant::now().checked_add(ttl)),
        Lifetime::Forever => Expiry::At(None),
    }
}

#[async_trait]
impl CacheInterface for MokaCache {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        Ok(self.find(key).await?.map(|entry| entry.value))
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.closing.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        let mut values = Vec::with_capacity(keys.len());
        for key in keys {
            values.push(self.get(key).await?);
        }
        Ok(values)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.write(key, value, ttl, |_| (true, ())).await
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.closing.check()?;
        self.limits().check_entries(entries)?;
        // Nothing fails from here on, but for a handle that is closed meanwhile.
        for (done, (key, value)) in entries.iter().enumerate() {
            let stored = self.set(key, value, ttl).await;
            let rest = || entries[done..].iter().map(|(key, _)| key);
            stored.map_err(|error| error.with_keys(rest()))?;
        }
        Ok(())
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let absent = |old: Option<Entry>| (old.is_none(), old.is_none());
        self.write(key, value, ttl, absent).await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let present = |old: Option<Entry>| (old.is_some(), old.is_some());
        self.write(key, value, ttl, present).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        Ok(self.take(key).await?.is_some())
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        self.closing.check()?;
        self.limits().check_keys(keys.iter().map(String::as_str))?;
        let mut removed = 0;
        for (done, key) in keys.iter().enumerate() {
            let there = self.delete(key).await;
            removed += u64::from(there.map_err(|error| error.with_keys(&keys[done..]))?);
        }
        Ok(removed)
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let removed = self.store.entries.remove(&self.key(key)?).await;
        Ok(removed.filter(Entry::is_there).map(|entry| entry.value))
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let entry = self.find(key).await?;
        Ok(entry.map(|entry| Versioned {
            version: entry.version(),
            value: entry.value,
        }))
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        let swap = |old: Option<Entry>| match old {
            None => (false, Swap::Missing),
            Some(old) if old.version() != *version => (false, Swap::Stale),
            Some(_) => (true, Swap::Stored),
        };
        self.write(key, value, ttl, swap).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        // moka's own answer, which counts as no use. Its clock is a little later than the entry's.
        Ok(self.store.entries.contains_key(&key))
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key)?;
        self.decide(key, |old| {
            let number = old.as_ref().map_or(Ok(0), Entry::counter)?;
            let sum = number.checked_add(by).ok_or_else(|| {
                CacheError::new(CacheErrorKind::OutOfRange, "the sum is no `i64`")
            })?;
            let entry = Entry {
                value: Bytes::from(sum.to_string()),
                version: self.store.next_version(),
                expires: old.and_then(|old| old.expires),
            };
            Ok((Op::Put(entry), sum))
        })
        .await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.decide(key, |old| {
            let Some(old) = old else {
                return Ok((Op::Nop, false));
            };
            let operation = match expiry(Some(ttl)) {
                Expiry::Passed => Op::Remove,
                Expiry::At(expires) => Op::Put(Entry { expires, ..old }),
            };
            Ok((operation, true))
        })
        .await
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let key = self.key(key)?;
        self.decide(key, |old| match old {
            Some(old) if old.expires.is_some() => {
                let entry = Entry {
                    expires: None,
                    ..old
                };
                Ok((Op::Put(entry), true))
            }
            _ => Ok((Op::Nop, false)),
        })
        .await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        Ok(match self.find(key).await?.map(|entry| entry.expires) {
            None => TimeToLive::Missing,
            Some(None) => TimeToLive::Forever,
            Some(Some(at)) => TimeToLive::Remaining(at.saturating_duration_since(Instant::now())),
        })
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.closing.check()?;
        let stored = self.stored(prefix);
        let keys = stored.iter().filter_map(|key| self.namespace.split(key));
        Ok(keys.map(str::to_owned).collect())
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.closing.check()?;
        let mut removed = 0;
        for key in self.stored(prefix) {
            let entry = self.store.entries.remove(&*key).await;
            removed += u64::from(entry.is_some_and(|entry| entry.is_there()));
        }
        Ok(removed)
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.closing.close();
        Ok(())
    }

    fn limits(&self) -> CacheLimits {
        CacheLimits::new(
            self.namespace.key_bytes(),
            self.store.value_bytes,
            MokaStore::TTL_RESOLUTION,
        )
    }
}
