//! The store that handles share, and how much it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use contrait::cache::{CacheError, Namespace};
use moka::future::Cache;

use crate::cache::MokaCache;
use crate::entry::{Entry, WhenPassed};

/// Entries in this process, shared by any number of handles. Clones are the same store.
///
/// Bounded by its [`MokaLimits`]: where room runs short, moka keeps what is used often, and can turn a new entry away
/// for it soon after it was written.
#[derive(Debug, Clone, Default)]
pub struct MokaStore {
    shared: Arc<Shared>,
}

/// How much a [`MokaStore`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MokaLimits {
    /// About the most bytes of stored keys and values together, over all namespaces.
    pub bytes: u64,
    /// The largest value in bytes. What `bytes` has no room for beside its key is too large all the same.
    pub value_bytes: usize,
}

impl Default for MokaLimits {
    /// 1 GiB in all, and 512 MiB a value, which is Redis' own limit.
    fn default() -> Self {
        Self {
            bytes: 1 << 30,
            value_bytes: 512 << 20,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) entries: Cache<String, Entry>,
    /// The largest value that fits in any case.
    pub(crate) value_bytes: usize,
    writes: AtomicU64,
}

impl Shared {
    fn new(limits: MokaLimits) -> Self {
        let beside_a_key = limits
            .bytes
            .saturating_sub(Namespace::STORED_KEY_BYTES as u64);
        let beside_a_key = usize::try_from(beside_a_key).unwrap_or(usize::MAX);
        let entries = Cache::builder()
            .max_capacity(limits.bytes)
            .weigher(|key: &String, entry: &Entry| {
                u32::try_from(key.len() + entry.value.len()).unwrap_or(u32::MAX)
            })
            .expire_after(WhenPassed)
            .build();
        Self {
            entries,
            value_bytes: limits.value_bytes.min(beside_a_key),
            writes: AtomicU64::new(0),
        }
    }

    /// A version that no write had before.
    pub(crate) fn next_version(&self) -> u64 {
        self.writes.fetch_add(1, Ordering::Relaxed)
    }
}

impl Default for Shared {
    fn default() -> Self {
        Self::new(MokaLimits::default())
    }
}

impl MokaStore {
    /// The step in which times to live are kept: Redis' own, so that what holds here holds there.
    pub const TTL_RESOLUTION: Duration = Duration::from_millis(1);

    /// An empty store of this size.
    pub fn new(limits: MokaLimits) -> Self {
        Self {
            shared: Arc::new(Shared::new(limits)),
        }
    }

    /// A handle on one namespace. Handles on the same name share their entries.
    ///
    /// # Errors
    /// [`InvalidKey`](contrait::cache::CacheErrorKind::InvalidKey) when the name is too long.
    pub fn cache(&self, namespace: &str) -> Result<MokaCache, CacheError> {
        Ok(MokaCache::new(
            Arc::clone(&self.shared),
            Namespace::new(namespace)?,
        ))
    }
}
