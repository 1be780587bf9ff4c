//! fred on networks and servers that fail, with the times that a caller gets who says nothing.

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::{FredCache, FredCacheBuilder};

/// fred with RESP2, on the Redis that the run chose.
#[backend(
    contrait::cache::faults::suite,
    lacks(bounded_nesting = "fred's parser calls itself for each level until the stack ends"),
    tests = false
)]
pub async fn fred(cx: &Context) -> Result<FredCache, SetupError> {
    Ok(builder(cx).await?.connect().await?)
}

/// fred with RESP3, on the Redis that the run chose.
#[backend(
    contrait::cache::faults::suite,
    lacks(bounded_nesting = "fred's parser calls itself for each level until the stack ends"),
    tests = false
)]
pub async fn fred_resp3(cx: &Context) -> Result<FredCache, SetupError> {
    Ok(builder(cx).await?.resp3().connect().await?)
}

/// fred on a Redis Cluster, of the kind that the run chose.
#[backend(
    contrait::cache::faults::suite,
    lacks(
        bounded_nesting = "fred's parser calls itself for each level until the stack ends",
        replaced_connections = "fred replaces no connection to a node before the system gives it up",
        server = "a node alone is lost, which has a suite of its own"
    ),
    tests = false
)]
pub async fn fred_cluster(cx: &Context) -> Result<FredCache, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let builder = FredCache::cluster(cluster.urls()).namespace(cx.namespace());
    Ok(builder.connect().await?)
}

async fn builder(cx: &Context) -> Result<FredCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    Ok(FredCache::builder(redis.url()).namespace(cx.namespace()))
}
