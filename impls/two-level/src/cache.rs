//! The handle: reads that ask the far level for what has changed, and writes that go to it.
//!
//! The near level is a convenience. It is never believed without the far one, nothing fails because of it, and it need
//! not be told of writes: what it keeps of an entry that has changed is found out by the next read. It only forgets what
//! is known to be gone, to have room.

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, IfChanged, Swap, TimeToLive, Version,
    Versioned,
};

/// A near cache in front of a far one, as one cache. Handles that share a far level are coherent, whether or not they
/// share a near one.
///
/// The near level should be bounded, since what is read no more stays in it until it makes room, and it must be on a
/// namespace that nobody else writes to. Batches go to the far level alone.
#[derive(Debug, Clone)]
pub struct TwoLevelCache<N, F> {
    near: N,
    far: F,
}

impl<N: CacheInterface, F: CacheInterface> TwoLevelCache<N, F> {
    /// Both levels as one.
    pub fn new(near: N, far: F) -> Self {
        Self { near, far }
    }

    /// The entry as it is now: that which is kept near, where the far level says that it has not changed.
    async fn read(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let Some(kept) = self.kept(key).await else {
            let entry = self.far.get_versioned(key).await?;
            self.keep(key, entry.as_ref()).await;
            return Ok(entry);
        };
        let entry = match self.far.get_if_changed(key, &kept.version).await? {
            IfChanged::Unchanged => return Ok(Some(kept)),
            IfChanged::Changed(entry) => Some(entry),
            IfChanged::Missing => {
                self.forget(key).await;
                None
            }
        };
        self.keep(key, entry.as_ref()).await;
        Ok(entry)
    }

    async fn kept(&self, key: &str) -> Option<Versioned> {
        let kept = self.near.get(key).await.ok().flatten();
        kept.and_then(crate::kept::read)
    }

    async fn keep(&self, key: &str, entry: Option<&Versioned>) {
        if let Some(kept) = entry.and_then(crate::kept::write) {
            // What does not fit is not kept.
            let _ = self.near.set(key, &kept, None).await;
        }
    }

    async fn forget(&self, key: &str) {
        let _ = self.near.delete(key).await;
    }
}

#[async_trait]
impl<N: CacheInterface, F: CacheInterface> CacheInterface for TwoLevelCache<N, F> {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        match self.read(key).await {
            // To tell a version the far level may have to write it down. One that refuses to write can still be read.
            Err(error) if error.kind() == CacheErrorKind::Unavailable => self.far.get(key).await,
            entry => Ok(entry?.map(|entry| entry.value)),
        }
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.far.get_many(keys).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.far.set(key, value, ttl).await
    }

    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.far.set_many(entries, ttl).await
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.far.add(key, value, ttl).await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.far.replace(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.forget(key).await;
        self.far.delete(key).await
    }

    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        let _ = self.near.delete_many(keys).await;
        self.far.delete_many(keys).await
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.forget(key).await;
        self.far.take(key).await
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        self.read(key).await
    }

    async fn get_if_changed(&self, key: &str, known: &Version) -> Result<IfChanged, CacheError> {
        self.far.get_if_changed(key, known).await
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        self.far.compare_and_swap(key, version, value, ttl).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.far.exists(key).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        self.far.increment(key, by).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        self.far.touch(key, ttl).await
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.far.persist(key).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        self.far.ttl(key).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        let _ = self.near.clear().await;
        self.far.clear().await
    }

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.far.scan(prefix).await
    }

    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        let _ = self.near.delete_prefix(prefix).await;
        self.far.delete_prefix(prefix).await
    }

    async fn close(&self) -> Result<(), CacheError> {
        let _ = self.near.close().await;
        self.far.close().await
    }

    fn limits(&self) -> CacheLimits {
        self.far.limits()
    }
}
