//! memcached as the suites see it.
//!
//! Each handle has a connection of its own, as callers in different processes have. What fails, and when one connects,
//! has suites of its own.

pub mod connecting;
pub mod faults;

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::MemcachedCache;

/// A case is bounded by the harness: on a busy machine a slow answer is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

/// memcached, of which there is no embedded one.
#[backend(
    contrait::cache::suite,
    lacks(
        scan = "memcached cannot list its keys",
        atomic_batches = "memcached takes one entry at a time",
        ttl_decades = "memcached's calendar ends in January 2038"
    ),
    tests = false
)]
pub async fn memcached(cx: &Context) -> Result<MemcachedCache, SetupError> {
    let memcached = cx.memcached().await?;
    let builder = MemcachedCache::builder(&memcached.url()).namespace(cx.namespace());
    let patient = builder
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE);
    Ok(patient.connect().await?)
}
