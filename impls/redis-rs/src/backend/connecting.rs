//! How redis-rs connects, in both versions of the protocol.

use async_trait::async_trait;
use contrait::cache::connecting::{CacheConnector, CacheTarget};
use contrait::cache::{CacheError, CacheInterface};
use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::RedisCache;

/// redis-rs with RESP2, and the Redis that the run chose.
#[cfg_attr(
    feature = "tls",
    backend(contrait::cache::connecting::suite, tests = false)
)]
#[cfg_attr(
    not(feature = "tls"),
    backend(
        contrait::cache::connecting::suite,
        lacks(tls = "it is built without its feature `tls`"),
        tests = false
    )
)]
pub async fn redis_rs(cx: &Context) -> Result<Connector, SetupError> {
    Connector::new(cx, false).await
}

/// redis-rs with RESP3, and the Redis that the run chose.
#[cfg_attr(
    feature = "tls",
    backend(contrait::cache::connecting::suite, tests = false)
)]
#[cfg_attr(
    not(feature = "tls"),
    backend(
        contrait::cache::connecting::suite,
        lacks(tls = "it is built without its feature `tls`"),
        tests = false
    )
)]
pub async fn redis_rs_resp3(cx: &Context) -> Result<Connector, SetupError> {
    Connector::new(cx, true).await
}

/// The client with its options, and where the server of the case is.
#[derive(Debug)]
pub struct Connector {
    target: CacheTarget,
    namespace: String,
    resp3: bool,
}

impl Connector {
    async fn new(cx: &Context, resp3: bool) -> Result<Self, SetupError> {
        Ok(Self {
            target: cx.redis().await?.target()?,
            namespace: cx.namespace().to_owned(),
            resp3,
        })
    }
}

#[async_trait]
impl CacheConnector for Connector {
    fn target(&self) -> CacheTarget {
        self.target.clone()
    }

    async fn connect(&self, target: &CacheTarget) -> Result<Box<dyn CacheInterface>, CacheError> {
        let builder = RedisCache::builder(&target.url("redis")).namespace(&self.namespace);
        let builder = if self.resp3 { builder.resp3() } else { builder };
        #[cfg(feature = "tls")]
        let builder = match &target.authority {
            Some(pem) => builder.root_certificate(pem.as_bytes()),
            None => builder,
        };
        Ok(Box::new(builder.connect().await?))
    }
}
