//! Memory in front of a Redis whose network and server fail: what is kept near hides nothing of it.

use contrait::{Context, SetupError, backend};
use contrait_memory::MemoryCache;
use contrait_redis_rs::RedisCache;

use crate::TwoLevelCache;

/// Memory in front of the Redis that the run chose.
#[backend(contrait::cache::faults::suite, tests = false)]
pub async fn two_level(cx: &Context) -> Result<TwoLevelCache<MemoryCache, RedisCache>, SetupError> {
    let far = contrait_redis_rs::backend::faults::redis_rs(cx).await?;
    Ok(TwoLevelCache::new(super::near()?, far))
}
