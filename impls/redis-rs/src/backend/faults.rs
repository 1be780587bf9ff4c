//! redis-rs on networks and servers that fail, with the times that a caller gets who says nothing.

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::{RedisCache, RedisCacheBuilder};

/// How long the first connection may take: the server was started for this case, and on a busy machine a caller's time may
/// be too short for that.
const PATIENCE: Duration = Duration::from_secs(20);

/// redis-rs with RESP2, on the Redis that the run chose.
#[backend(contrait::cache::faults::suite, tests = false)]
pub async fn redis_rs(cx: &Context) -> Result<RedisCache, SetupError> {
    connected(cx, builder(cx).await?).await
}

/// redis-rs with RESP3, on the Redis that the run chose.
#[backend(contrait::cache::faults::suite, tests = false)]
pub async fn redis_rs_resp3(cx: &Context) -> Result<RedisCache, SetupError> {
    connected(cx, builder(cx).await?.resp3()).await
}

/// redis-rs on a Redis Cluster, of the kind that the run chose.
#[cfg(feature = "cluster")]
#[backend(
    contrait::cache::faults::suite,
    lacks(server = "a node alone is lost, which has a suite of its own"),
    tests = false
)]
pub async fn redis_rs_cluster(cx: &Context) -> Result<RedisCache, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let builder = RedisCache::cluster(cluster.urls()).namespace(cx.namespace());
    connected(cx, builder).await
}

async fn connected(cx: &Context, builder: RedisCacheBuilder) -> Result<RedisCache, SetupError> {
    let connecting = async || builder.clone().connect().await;
    Ok(cx.clock().eventually(PATIENCE, connecting).await?)
}

async fn builder(cx: &Context) -> Result<RedisCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    Ok(RedisCache::builder(redis.url()).namespace(cx.namespace()))
}
