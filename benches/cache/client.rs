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
    /// Says how many there were.
    fn get_many(&mut self, keys: &[String]) -> impl Future<Output = usize> + Send;
    fn set(
        &mut self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> impl Future<Output = ()> + Send;
    fn set_many(&mut self, entries: &[(String, Bytes)]) -> impl Future<Output = ()> + Send;
    fn delete(&mut self, key: &str) -> impl Future<Output = bool> + Send;
    /// Adds one to a counter that is there.
    fn increment(&mut self, key: &str) -> impl Future<Output = i64> + Send;
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

    async fn get_many(&mut self, keys: &[String]) -> usize {
        let found = self.0.get_many(keys).await.expect("get_many");
        found.iter().flatten().count()
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        self.0.set(key, value, ttl).await.expect("set");
    }

    async fn set_many(&mut self, entries: &[(String, Bytes)]) {
        self.0.set_many(entries, None).await.expect("set_many");
    }

    async fn delete(&mut self, key: &str) -> bool {
        self.0.delete(key).await.expect("delete")
    }

    async fn increment(&mut self, key: &str) -> i64 {
        self.0.increment(key, 1).await.expect("increment")
    }
}
