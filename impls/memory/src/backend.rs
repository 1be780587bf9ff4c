//! Memory as the suites see it.

use contrait::cache::CacheError;
use contrait::{Context, backend};

use crate::{MemoryCache, MemoryLimits, MemoryStore};

/// What is over this limit is small enough to be copied by those who stand in front of the cache.
const VALUE_BYTES: usize = 1 << 20;

/// One store a case, in this process: time is tokio's, and the case moves it. The suite itself is judged here.
#[cfg_attr(
    feature = "check",
    backend(contrait::cache::suite, clock = virtual, tests = false, reference, coverage)
)]
#[cfg_attr(
    not(feature = "check"),
    backend(contrait::cache::suite, clock = virtual, tests = false)
)]
pub fn memory(cx: &Context) -> Result<MemoryCache, CacheError> {
    let limits = MemoryLimits {
        value_bytes: VALUE_BYTES,
        ..MemoryLimits::default()
    };
    let store = cx.shared(|| MemoryStore::new(limits));
    store.cache(cx.namespace())
}
