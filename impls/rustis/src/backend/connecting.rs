//! How rustis connects.

use async_trait::async_trait;
use contrait::cache::connecting::{CacheConnector, CacheTarget};
use contrait::cache::{CacheError, CacheInterface};
use contrait::{Context, SetupError, backend};
use contrait_servers::Servers;

use crate::RustisCache;

/// rustis, and the Redis that the run chose.
#[backend(
    contrait::cache::connecting::suite,
    lacks(tls = "it is built without rustis' TLS"),
    tests = false
)]
pub async fn rustis(cx: &Context) -> Result<Connector, SetupError> {
    Ok(Connector {
        target: cx.redis().await?.target()?,
        namespace: cx.namespace().to_owned(),
    })
}

/// The client with its options, and where the server of the case is.
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
        let cache = RustisCache::connect(&target.url("redis"), &self.namespace).await?;
        Ok(Box::new(cache))
    }
}
