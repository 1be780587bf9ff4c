//! memcached on networks and servers that fail, with the times that a caller gets who says nothing.

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::MemcachedCache;

/// How long the first connection may take: the server was started for this case, and on a busy machine a caller's time may
/// be too short for that.
const PATIENCE: Duration = Duration::from_secs(20);

/// memcached, of which there is no embedded one.
#[backend(
    contrait::cache::faults::suite,
    lacks(
        password = "memcached asks for none, unless it is told to in ways that are experimental",
        full_memory = "memcached makes room by giving up what was not used for long",
        read_only = "memcached follows no other server",
        loading = "memcached keeps nothing to read in when it starts"
    ),
    tests = false
)]
pub async fn memcached(cx: &Context) -> Result<MemcachedCache, SetupError> {
    let memcached = cx.memcached().await?;
    let url = memcached.url();
    let connecting = async || MemcachedCache::connect(&url, cx.namespace()).await;
    Ok(cx.clock().eventually(PATIENCE, connecting).await?)
}
