//! How a cache connects to memcached.

use async_trait::async_trait;
use contrait::cache::connecting::{CacheConnector, CacheTarget};
use contrait::cache::{CacheError, CacheInterface};
use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::MemcachedCache;

/// memcached, of which there is no embedded one.
#[backend(
    contrait::cache::connecting::suite,
    lacks(
        password = "memcached asks for none, unless it is told to in ways that are experimental",
        tls = "memcached is seldom built with it, and the connection has none"
    ),
    tests = false
)]
pub async fn memcached(cx: &Context) -> Result<Connector, SetupError> {
    Ok(Connector {
        target: cx.memcached().await?.target(),
        namespace: cx.namespace().to_owned(),
    })
}

/// The options, and where the server of the case is.
#[derive(Debug)]
pub struct Connector {
    target: CacheTarget,
    namespace: String,
}

#[async_trait]
impl CacheConnector for Connector {
    fn target(&self) -> CacheTarget {
        self.target.clone()
    }

    async fn connect(&self, target: &CacheTarget) -> Result<Box<dyn CacheInterface>, CacheError> {
        let url = target.url("memcached");
        let cache = MemcachedCache::connect(&url, &self.namespace).await?;
        Ok(Box::new(cache))
    }
}
