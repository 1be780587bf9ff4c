//! What the bench asks of whatever it measures: adapters as their users hold them, bare clients as theirs would.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contrait::cache::CacheInterface;

/// A handle of one task. What goes wrong panics, since there is nothing to measure then.
pub(crate) trait Client: Clone + Send + Sync + 'static {
    /// What the client is given for `key`.
    fn key(&self, key: &str) -> String;
    fn get(&mut self, key: &str) -> impl Future<Output = Option<Bytes>> + Send;
    fn set(
        &mut self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> impl Future<Output = ()> + Send;
    fn delete(&mut self, key: &str) -> impl Future<Output = bool> + Send;
}

/// A backend behind the contract, which costs a virtual call and a boxed future.
#[derive(Clone)]
pub(crate) struct Adapter(Arc<dyn CacheInterface>);

impl Adapter {
    pub(crate) fn new(cache: impl CacheInterface + 'static) -> Self {
        Self(Arc::new(cache))
    }
}

impl Client for Adapter {
    fn key(&self, key: &str) -> String {
        key.to_owned()
    }

    async fn get(&mut self, key: &str) -> Option<Bytes> {
        self.0.get(key).await.expect("get")
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        self.0.set(key, value, ttl).await.expect("set");
    }

    async fn delete(&mut self, key: &str) -> bool {
        self.0.delete(key).await.expect("delete")
    }
}
