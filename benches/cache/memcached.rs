//! memcached by a client that is used as such, async-memcached: a pool of connections, since a call takes one for itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_memcached::{AsciiProtocol, Client as MemcachedClient};
use bytes::Bytes;
use contrait::cache::Namespace;

use crate::client::Client;

#[derive(Clone)]
pub(crate) struct BareMemcached {
    address: String,
    namespace: Namespace,
    idle: Arc<Mutex<Vec<MemcachedClient>>>,
}

impl BareMemcached {
    /// With the adapter's keys, as far as text can carry them.
    pub(crate) fn new(url: &str, namespace: Namespace) -> Self {
        Self {
            address: url.replace("memcached://", "tcp://"),
            namespace,
            idle: Arc::default(),
        }
    }

    async fn take(&self) -> MemcachedClient {
        let idle = self.idle.lock().expect("nobody panics with it").pop();
        match idle {
            Some(client) => client,
            None => MemcachedClient::new(&self.address)
                .await
                .expect("a connection of async-memcached"),
        }
    }

    fn put_back(&self, client: MemcachedClient) {
        self.idle
            .lock()
            .expect("nobody panics with it")
            .push(client);
    }
}

impl Client for BareMemcached {
    fn key(&self, key: &str) -> String {
        self.namespace.join(key).expect("a short key")
    }

    async fn get(&mut self, key: &str) -> Option<Bytes> {
        let mut client = self.take().await;
        let found = client.get(key).await.expect("get");
        self.put_back(client);
        found.and_then(|found| Some(Bytes::from(found.data?)))
    }

    async fn get_many(&mut self, keys: &[String]) -> usize {
        let mut client = self.take().await;
        let found = client.get_multi(keys).await.expect("get");
        self.put_back(client);
        found.len()
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let mut client = self.take().await;
        let ttl = ttl.map(|ttl| ttl.as_secs() as i64);
        client.set(key, value, ttl, None).await.expect("set");
        self.put_back(client);
    }

    async fn set_many(&mut self, entries: &[(String, Bytes)]) {
        let mut client = self.take().await;
        let entries: Vec<(&str, &[u8])> = entries
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        let stored = client.set_multi(&entries, None, None).await.expect("set");
        assert!(stored.values().all(Result::is_ok));
        drop(stored);
        self.put_back(client);
    }

    async fn delete(&mut self, key: &str) -> bool {
        let mut client = self.take().await;
        let there = client.delete(key).await.is_ok();
        self.put_back(client);
        there
    }

    async fn increment(&mut self, key: &str) -> i64 {
        let mut client = self.take().await;
        let sum = client.increment(key, 1).await.expect("incr");
        self.put_back(client);
        sum.cast_signed()
    }
}
