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

    async fn connect(&self, url: &str) -> Result<Box<dyn CacheInterface>, CacheError> {
        Ok(Box::new(FredCache::connect(url, "").await?))
    }

    async fn connect_small(
        &self,
        url: &str,
        value_bytes: usize,
    ) -> Result<Box<dyn CacheInterface>, CacheError> {
        let builder = FredCache::builder(url).value_bytes(value_bytes);
        Ok(Box::new(builder.connect().await?))
    }

    async fn connect_two(
        &self,
        url: &str,
        [one, two]: [&str; 2],
    ) -> Result<[Box<dyn CacheInterface>; 2], CacheError> {
        let one = FredCache::connect(url, one).await?;
        let two = one.namespace(two)?;
        Ok([Box::new(one), Box::new(two)])
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
