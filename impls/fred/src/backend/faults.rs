//! fred on networks and servers that fail, with the times that a caller gets who says nothing.

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::{FredCache, FredCacheBuilder};

/// How long the first connection may take: the server was started for this case, and on a busy machine a caller's time may
/// be too short for that.
const PATIENCE: Duration = Duration::from_secs(20);

/// fred with RESP2, on the Redis that the run chose.
#[backend(
    contrait::cache::faults::suite,
    lacks(bounded_nesting = "fred's parser calls itself for each level until the stack ends"),
    tests = false
)]
pub async fn fred(cx: &Context) -> Result<FredCache, SetupError> {
    connected(cx, builder(cx).await?).await
}

/// fred with RESP3, on the Redis that the run chose.
#[backend(
    contrait::cache::faults::suite,
    lacks(bounded_nesting = "fred's parser calls itself for each level until the stack ends"),
    tests = false
)]
pub async fn fred_resp3(cx: &Context) -> Result<FredCache, SetupError> {
    connected(cx, builder(cx).await?.resp3()).await
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
    connected(cx, builder).await
}

async fn connected(cx: &Context, builder: FredCacheBuilder) -> Result<FredCache, SetupError> {
    let connecting = async || builder.clone().connect().await;
    Ok(cx.clock().eventually(PATIENCE, connecting).await?)
}

async fn builder(cx: &Context) -> Result<FredCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    Ok(FredCache::builder(redis.url()).namespace(cx.namespace()))
}
