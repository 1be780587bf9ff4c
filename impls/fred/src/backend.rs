//! fred as the suites see it, in both versions of the protocol.
//!
//! Each handle has a connection of its own, as callers in different processes have.

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

async fn builder(cx: &Context) -> Result<FredCacheBuilder, SetupError> {
    let redis = cx.redis().await?;
    Ok(FredCache::builder(redis.url()).namespace(cx.namespace()))
}
