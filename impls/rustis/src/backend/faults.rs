//! rustis on networks and servers that fail, with the times that a caller gets who says nothing.

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::RustisCache;

/// rustis, which speaks RESP3 alone, on the Redis that the run chose.
#[backend(contrait::cache::faults::suite, tests = false)]
pub async fn rustis(cx: &Context) -> Result<RustisCache, SetupError> {
    let redis = cx.redis().await?;
    Ok(RustisCache::connect(redis.url(), cx.namespace()).await?)
}
