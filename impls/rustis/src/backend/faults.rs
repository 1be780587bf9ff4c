//! rustis on networks and servers that fail, with the times that a caller gets who says nothing.

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::RustisCache;

/// How long the first connection may take: the server was started for this case, and on a busy machine a caller's time may
/// be too short for that.
const PATIENCE: Duration = Duration::from_secs(20);

/// rustis, which speaks RESP3 alone, on the Redis that the run chose.
#[backend(contrait::cache::faults::suite, tests = false)]
pub async fn rustis(cx: &Context) -> Result<RustisCache, SetupError> {
    let redis = cx.redis().await?;
    let connecting = async || RustisCache::connect(redis.url(), cx.namespace()).await;
    Ok(cx.clock().eventually(PATIENCE, connecting).await?)
}
