//! What a URL tells rustis, and what its handles share. What every client owes with a server is in the suites that all of
//! them run.

use async_trait::async_trait;
use contrait::backend;
use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait_redis_parts::urls::{self, RedisClient};
use contrait_rustis::RustisCache;
use redis_embedded::Server;

/// A client, which has no choice of protocol.
struct Client;

#[backend(urls::suite)]
fn rustis() -> Client {
    Client
}

#[async_trait]
impl RedisClient for Client {
    fn query(&self) -> &'static str {
        ""
    }

    async fn connect(
        &self,
        url: &str,
        value_bytes: Option<usize>,
        namespaces: &[&str],
    ) -> Result<Vec<Box<dyn CacheInterface>>, CacheError> {
        let builder = RustisCache::builder(url);
        let builder = match value_bytes {
            Some(limit) => builder.value_bytes(limit),
            None => builder,
        };
        let cache = builder.connect().await?;
        let handle = |name: &&str| Ok(Box::new(cache.namespace(name)?) as _);
        namespaces.iter().map(handle).collect()
    }
}

#[tokio::test]
async fn tls_is_not_supported() {
    let refused = RustisCache::connect("rediss://localhost", "").await;
    let error = refused.expect_err("it connects");
    assert_eq!(error.kind(), CacheErrorKind::Unsupported, "{error:?}");
}

#[tokio::test]
async fn namespaces_and_clones_share_the_end_of_the_connection()
-> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let a = RustisCache::connect(&server.url(), "a").await?;
    let b = a.namespace("b")?;
    a.clone().close().await?;
    for cache in [&a, &b] {
        let error = cache.get("k").await.expect_err("it is closed");
        assert_eq!(error.kind(), CacheErrorKind::Closed);
    }
    Ok(())
}
