//! What a URL tells fred, and what its handles share. What every client owes with a server is in the suites that all of
//! them run.

use async_trait::async_trait;
use contrait::backend;
use contrait::cache::{CacheError, CacheInterface};
use contrait_fred::FredCache;
use contrait_redis_parts::urls::{self, RedisClient};

/// A client with its choice of protocol.
struct Client(&'static str);

#[backend(urls::suite)]
fn resp2() -> Client {
    Client("?protocol=resp2")
}

#[backend(urls::suite)]
fn resp3() -> Client {
    Client("?protocol=resp3")
}

#[async_trait]
impl RedisClient for Client {
    fn query(&self) -> &'static str {
        self.0
    }

    async fn connect(
        &self,
        url: &str,
        value_bytes: Option<usize>,
        namespaces: &[&str],
    ) -> Result<Vec<Box<dyn CacheInterface>>, CacheError> {
        let builder = FredCache::builder(url);
        let builder = match value_bytes {
            Some(limit) => builder.value_bytes(limit),
            None => builder,
        };
        let cache = builder.connect().await?;
        let handle = |name: &&str| Ok(Box::new(cache.namespace(name)?) as _);
        namespaces.iter().map(handle).collect()
    }
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn tls_without_the_feature_names_the_feature() {
    let refused = FredCache::connect("rediss://localhost", "").await;
    let error = refused.expect_err("it connects");
    let kind = contrait::cache::CacheErrorKind::Unsupported;
    assert_eq!(error.kind(), kind, "{error:?}");
    let feature = "feature `tls` of contrait-fred";
    assert!(error.to_string().contains(feature), "{error}");
}
