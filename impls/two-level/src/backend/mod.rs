//! Memory in front of Redis, through redis-rs, as the suites see it.
//!
//! Each handle has a near level of its own, as callers in different processes have: whatever one of them keeps, another
//! one changes.

pub mod faults;

use contrait::cache::CacheError;
use contrait::{Context, SetupError, backend};
use contrait_memory::{MemoryCache, MemoryStore};
use contrait_redis_rs::RedisCache;

use crate::TwoLevelCache;

/// Memory in front of the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn two_level(cx: &Context) -> Result<TwoLevelCache<MemoryCache, RedisCache>, SetupError> {
    let far = contrait_redis_rs::backend::redis_rs(cx).await?;
    Ok(TwoLevelCache::new(near()?, far))
}

fn near() -> Result<MemoryCache, CacheError> {
    MemoryStore::default().cache("near")
}
