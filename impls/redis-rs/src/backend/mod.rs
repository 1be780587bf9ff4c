//! redis-rs as the suites see it, in both versions of the protocol.
//!
//! Each handle has a connection of its own, as callers in different processes have. What fails, and when one connects,
//! has suites of its own.

pub mod connecting;
#[cfg(feature = "cluster")]
pub mod failover;
pub mod faults;

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::{RedisCache, RedisCacheBuilder};

/// redis-rs with RESP2, on the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn redis_rs(cx: &Context) -> Result<RedisCache, SetupError> {
    Ok(builder(cx).await?.connect().await?)
}

/// redis-rs with RESP3, on the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn redis_rs_resp3(cx: &Context) -> Result<RedisCache, SetupError> {
    Ok(builder(cx).await?.resp3().connect().await?)
}

/// redis-rs on a Redis Cluster, of the kind that the run chose.
#[cfg(feature = "cluster")]
#[backend(
    contrait::cache::suite,
    lacks(atomic_batches = "a batch is one command for each of its slots"),
    tests = false
)]
pub async fn redis_rs_cluster(cx: &Context) -> Result<RedisCache, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let builder = RedisCache::cluster(cluster.urls()).namespace(cx.namespace());
    Ok(patient(builder).connect().await?)
}

/// A case is bounded by the harness: on a busy machine a slow answer is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

async fn builder(cx: &Context) -> Result<RedisCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    let builder = RedisCache::builder(redis.url()).namespace(cx.namespace());
    Ok(patient(builder))
}

fn patient(builder: RedisCacheBuilder) -> RedisCacheBuilder {
    builder
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE)
}
