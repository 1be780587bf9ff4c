//! rustis as the suites see it.
//!
//! Each handle has a connection of its own, as callers in different processes have. What fails, and when one connects,
//! has suites of its own.

pub mod connecting;
pub mod faults;

use std::time::Duration;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::RustisCache;

/// A case is bounded by the harness: on a busy machine a slow answer is none too late.
const PATIENCE: Duration = Duration::from_secs(20);

/// rustis, which speaks RESP3 alone, on the Redis that the run chose.
#[backend(contrait::cache::suite, tests = false)]
pub async fn rustis(cx: &Context) -> Result<RustisCache, SetupError> {
    let redis = cx.redis().await?;
    let builder = RustisCache::builder(redis.url()).namespace(cx.namespace());
    let patient = builder
        .connection_timeout(PATIENCE)
        .response_timeout(PATIENCE);
    Ok(patient.connect().await?)
}
