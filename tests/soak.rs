//! The soak of every backend that has servers of its own:
//! `SOAK_SECONDS=600 cargo test --release --all-features --test soak -- --ignored`, and `CONTRAIT_SERVERS=real` for real
//! servers. Each ends with a line that says what was done and seen. With `RUST_TEST_THREADS=8` all of them run at once,
//! and take as long as one.
#![cfg(any(
    feature = "redis-rs",
    feature = "fred",
    feature = "rustis",
    feature = "two-level",
    feature = "memcached"
))]

mod soaking;

#[cfg(feature = "two-level")]
use contrait::cache::CacheInterface;
use contrait::{Context, SetupError, backend};

#[cfg(feature = "redis-rs")]
#[backend(soaking::suite)]
async fn redis_rs(cx: &Context) -> Result<contrait_redis_rs::RedisCache, SetupError> {
    contrait_redis_rs::backend::faults::redis_rs(cx).await
}

#[cfg(feature = "fred")]
#[backend(soaking::suite)]
async fn fred(cx: &Context) -> Result<contrait_fred::FredCache, SetupError> {
    contrait_fred::backend::faults::fred(cx).await
}

#[cfg(feature = "redis-rs")]
#[backend(soaking::clustered)]
async fn redis_rs_cluster(cx: &Context) -> Result<contrait_redis_rs::RedisCache, SetupError> {
    contrait_redis_rs::backend::faults::redis_rs_cluster(cx).await
}

#[cfg(feature = "fred")]
#[backend(soaking::clustered)]
async fn fred_cluster(cx: &Context) -> Result<contrait_fred::FredCache, SetupError> {
    contrait_fred::backend::faults::fred_cluster(cx).await
}

#[cfg(feature = "rustis")]
#[backend(soaking::suite)]
async fn rustis(cx: &Context) -> Result<contrait_rustis::RustisCache, SetupError> {
    contrait_rustis::backend::faults::rustis(cx).await
}

#[cfg(feature = "two-level")]
#[backend(soaking::suite)]
async fn two_level(cx: &Context) -> Result<Box<dyn CacheInterface>, SetupError> {
    let cache = contrait_two_level::backend::faults::two_level(cx).await?;
    Ok(Box::new(cache))
}

/// memcached makes room where it has none, and follows no other server.
#[cfg(feature = "memcached")]
#[backend(soaking::suite)]
async fn memcached(cx: &Context) -> Result<contrait_memcached::MemcachedCache, SetupError> {
    cx.shared(|| soaking::Refuses(false));
    contrait_memcached::backend::faults::memcached(cx).await
}
