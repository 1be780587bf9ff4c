//! Memory as the suites see it.

use contrait::cache::CacheError;
use contrait::{Context, backend};

use crate::{MemoryCache, MemoryStore};

/// One store a case, in this process: time is tokio's, and the case moves it.
#[backend(contrait::cache::suite, clock = virtual, tests = false)]
pub fn memory(cx: &Context) -> Result<MemoryCache, CacheError> {
    cx.shared(MemoryStore::default).cache(cx.namespace())
}
