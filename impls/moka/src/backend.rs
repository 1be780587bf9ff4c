//! moka as the suites see it.

use contrait::cache::CacheError;
use contrait::{Context, backend};

use crate::{MokaCache, MokaStore};

/// One store a case, in this process.
#[backend(
    contrait::cache::suite,
    lacks(atomic_batches = "moka writes one key at a time"),
    tests = false
)]
pub fn moka(cx: &Context) -> Result<MokaCache, CacheError> {
    cx.shared(MokaStore::default).cache(cx.namespace())
}
