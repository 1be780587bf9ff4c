//! redis-rs on clusters that lose a node, with the times that a caller gets who says nothing.

use contrait::{Context, SetupError, backend};

use crate::RedisCache;

/// redis-rs on a Redis Cluster, of the kind that the run chose.
#[backend(contrait::cache::failover::suite, tests = false)]
pub async fn redis_rs_cluster(cx: &Context) -> Result<RedisCache, SetupError> {
    super::faults::redis_rs_cluster(cx).await
}
