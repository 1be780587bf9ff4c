//! The soak of every backend that has a server of its own:
//! `SOAK_SECONDS=600 cargo test --release --all-features --test soak -- --ignored`, and `CONTRAIT_SERVERS=real` for real
//! servers. Each ends with a line that says what was done and seen.
#![cfg(any(feature = "redis-rs", feature = "fred", feature = "rustis"))]

mod soaking;

use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

#[cfg(feature = "redis-rs")]
#[backend(soaking::suite)]
async fn redis_rs(cx: &Context) -> Result<contrait_redis_rs::RedisCache, SetupError> {
    let redis = cx.redis().await?;
    let builder = contrait_redis_rs::RedisCache::builder(redis.url());
    Ok(builder.namespace(cx.namespace()).connect().await?)
}

#[cfg(feature = "fred")]
#[backend(soaking::suite)]
async fn fred(cx: &Context) -> Result<contrait_fred::FredCache, SetupError> {
    let redis = cx.redis().await?;
    let builder = contrait_fred::FredCache::builder(redis.url());
    Ok(builder.namespace(cx.namespace()).connect().await?)
}

#[cfg(feature = "rustis")]
#[backend(soaking::suite)]
async fn rustis(cx: &Context) -> Result<contrait_rustis::RustisCache, SetupError> {
    let redis = cx.redis().await?;
    let builder = contrait_rustis::RustisCache::builder(redis.url());
    Ok(builder.namespace(cx.namespace()).connect().await?)
}
