//! fred without an adapter, each task with its own clone of one client.

use std::time::Duration;

use bytes::Bytes;
use contrait::cache::Namespace;
use fred::clients::Client as FredClient;
use fred::interfaces::{ClientLike, KeysInterface};
use fred::types::config::{Config, PerformanceConfig};
use fred::types::{Builder, Expiration};
use futures_util::future::try_join_all;

use crate::client::Client;

#[derive(Clone)]
pub(crate) struct BareFred {
    client: FredClient,
    namespace: Namespace,
}

impl BareFred {
    /// With the adapter's time limit on answers, and its keys.
    pub(crate) async fn connect(url: &str, namespace: Namespace) -> Self {
        let config = Config::from_url(url).expect("the URL of a server");
        Self::open(config, namespace).await
    }

    /// To the cluster that these are nodes of, with the same.
    pub(crate) async fn connect_cluster(urls: &[String], namespace: Namespace) -> Self {
        let first = urls[0].replacen("redis", "redis-cluster", 1);
        let config = Config::from_url(&first).expect("the URL of a node");
        Self::open(config, namespace).await
    }

    async fn open(config: Config, namespace: Namespace) -> Self {
        let performance = PerformanceConfig {
            default_command_timeout: Duration::from_secs(1),
            ..PerformanceConfig::default()
        };
        let client = Builder::from_config(config)
            .set_performance_config(performance)
            .build()
            .expect("a client of fred");
        client.init().await.expect("a connection of fred");
        Self { client, namespace }
    }
}

impl Client for BareFred {
    fn key(&self, key: &str) -> String {
        self.namespace.join(key).expect("a short key")
    }

    async fn get(&mut self, key: &str) -> Option<Bytes> {
        self.client.get(key).await.expect("GET")
    }

    async fn get_many(&mut self, keys: &[String]) -> usize {
        if self.client.is_clustered() {
            // Keys of several slots are refused to it: what is left to its users is to ask for each.
            let gets = keys.iter().map(|key| self.client.get(key));
            let values: Vec<Option<Bytes>> = try_join_all(gets).await.expect("GET");
            return values.iter().flatten().count();
        }
        let values: Vec<Option<Bytes>> = self.client.mget(keys.to_vec()).await.expect("MGET");
        values.iter().flatten().count()
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let expiration = ttl.map(|ttl| Expiration::PX(ttl.as_millis() as i64));
        let stored = self.client.set(key, value, expiration, None, false);
        let () = stored.await.expect("SET");
    }

    async fn set_many(&mut self, entries: &[(String, Bytes)]) {
        if self.client.is_clustered() {
            let set = |(key, value): &(String, Bytes)| {
                self.client
                    .set(key.clone(), value.clone(), None, None, false)
            };
            let _: Vec<()> = try_join_all(entries.iter().map(set)).await.expect("SET");
            return;
        }
        let stored = self.client.mset(entries.to_vec()).await;
        stored.expect("MSET");
    }

    async fn delete(&mut self, key: &str) -> bool {
        let removed: i64 = self.client.del(key).await.expect("DEL");
        removed == 1
    }

    async fn increment(&mut self, key: &str) -> i64 {
        self.client.incr_by(key, 1).await.expect("INCRBY")
    }
}
