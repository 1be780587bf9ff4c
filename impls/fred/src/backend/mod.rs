//! fred as the suites see it, in both versions of the protocol.
//!
//! Each handle has a connection of its own, as callers in different processes have. What fails, and when one connects,
//! has suites of its own.

pub mod connecting;
pub mod failover;
pub mod faults;

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::{FredCache, FredCacheBuilder};

/// fred with RESP2, on the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn fred(cx: &Context) -> Result<FredCache, SetupError> {
    Ok(builder(cx).await?.connect().await?)
}

/// fred with RESP3, on the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn fred_resp3(cx: &Context) -> Result<FredCache, SetupError> {
    Ok(builder(cx).await?.resp3().connect().await?)
}

/// fred on a Redis Cluster, of the kind that the run chose.
#[backend(
    contrait::cache::suite,
    lacks(atomic_batches = "a batch is one command for each of its slots"),
    tests = false
)]
pub async fn fred_cluster(cx: &Context) -> Result<FredCache, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let builder = FredCache::cluster(cluster.urls()).namespace(cx.namespace());
    Ok(patient(builder).connect().await?)
}

/// A case is bounded by the harness: on a busy machine a slow answer is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

async fn builder(cx: &Context) -> Result<FredCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    let builder = FredCache::builder(redis.url()).namespace(cx.namespace());
    Ok(patient(builder))
}

fn patient(builder: FredCacheBuilder) -> FredCacheBuilder {
    builder
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE)
}
