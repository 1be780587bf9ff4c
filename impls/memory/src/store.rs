//! The store that handles share, and how much it holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contrait::cache::{CacheError, Namespace};

use crate::cache::MemoryCache;
use crate::entries::Entries;

/// Entries in memory, shared by any number of handles. Clones are the same store.
///
/// Bounded by its [`MemoryLimits`]: where a write does not fit, the entries that were used longest ago make room.
/// Reads and writes count as use; `exists` and `ttl` do not.
#[derive(Debug, Clone, Default)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

/// How much a [`MemoryStore`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryLimits {
    /// The most entries, over all namespaces.
    pub entries: usize,
    /// The most bytes of stored keys and values together, over all namespaces. The store's own tables come on top,
    /// about 200 bytes an entry.
    pub bytes: usize,
    /// The largest value in bytes. What `bytes` has no room for beside its key is too large all the same.
    pub value_bytes: usize,
}

impl Default for MemoryLimits {
    /// A million entries, 1 GiB in all, and 512 MiB a value, which is Redis' own limit.
    fn default() -> Self {
        Self {
            entries: 1_000_000,
            bytes: 1 << 30,
            value_bytes: 512 << 20,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Shared {
    /// The largest value that fits in any case.
    pub(crate) value_bytes: usize,
    entries: Mutex<Entries>,
}

impl Default for Shared {
    fn default() -> Self {
        Self::new(MemoryLimits::default())
    }
}

impl Shared {
    fn new(limits: MemoryLimits) -> Self {
        let beside_a_key = limits.bytes.saturating_sub(Namespace::STORED_KEY_BYTES);
        Self {
            value_bytes: limits.value_bytes.min(beside_a_key),
            entries: Mutex::new(Entries::new(limits.entries.max(1), limits.bytes)),
        }
    }

    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        // Nothing in there panics half-way; and a cache may lose entries, while its users should not fall with it.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryStore {
    /// The step in which times to live are kept: Redis' own, so that what holds here holds there.
    pub const TTL_RESOLUTION: Duration = Duration::from_millis(1);

    /// An empty store of this size. One entry is always kept.
    pub fn new(limits: MemoryLimits) -> Self {
        Self {
            shared: Arc::new(Shared::new(limits)),
        }
    }

    /// A handle on one namespace. Handles on the same name share their entries.
    ///
    /// # Errors
    /// [`InvalidKey`](contrait::cache::CacheErrorKind::InvalidKey) when the name is too long.
    pub fn cache(&self, namespace: &str) -> Result<MemoryCache, CacheError> {
        Ok(MemoryCache::new(
            Arc::clone(&self.shared),
            Namespace::new(namespace)?,
        ))
    }

    /// How many entries are stored, over all namespaces, expired ones that nobody has met yet included.
    pub fn len(&self) -> usize {
        self.shared.entries().len()
    }

    /// Whether nothing is stored.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Removes everything, in all namespaces.
    pub fn clear(&self) {
        self.shared.entries().clear();
    }
}
