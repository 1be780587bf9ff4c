//! redis-rs without an adapter: the connections that the adapter uses too, each task with its own clone.

use std::time::Duration;

use bytes::Bytes;
use contrait::cache::Namespace;
use redis::Client as Opener;
use redis::aio::{ConnectionLike, ConnectionManager, ConnectionManagerConfig};
#[cfg(feature = "redis-rs")]
use redis::{cluster::ClusterClient, cluster_async::ClusterConnection};

use crate::client::Client;

#[derive(Clone)]
pub(crate) struct BareRedis<C> {
    connection: C,
    namespace: Namespace,
}

impl BareRedis<ConnectionManager> {
    /// With the adapter's time limit on answers, and its keys.
    pub(crate) async fn connect(url: &str, namespace: Namespace) -> Self {
        let config =
            ConnectionManagerConfig::new().set_response_timeout(Some(Duration::from_secs(1)));
        let opener = Opener::open(url).expect("the URL of a server");
        let manager = ConnectionManager::new_with_config(opener, config).await;
        Self {
            connection: manager.expect("a connection of redis-rs"),
            namespace,
        }
    }
}

#[cfg(feature = "redis-rs")]
impl BareRedis<ClusterConnection> {
    /// To a cluster, with the same. It takes batches apart itself.
    pub(crate) async fn connect_cluster(urls: &[String], namespace: Namespace) -> Self {
        let opener = ClusterClient::builder(urls.to_vec()).response_timeout(Duration::from_secs(1));
        let opener = opener.build().expect("the URLs of nodes");
        let connection = opener.get_async_connection().await;
        Self {
            connection: connection.expect("the connections of redis-rs"),
            namespace,
        }
    }
}

impl<C: ConnectionLike + Clone + Send + Sync + 'static> Client for BareRedis<C> {
    fn key(&self, key: &str) -> String {
        self.namespace.join(key).expect("a short key")
    }

    async fn get(&mut self, key: &str) -> Option<Bytes> {
        let mut command = redis::cmd("GET");
        let answer = command.arg(key).query_async(&mut self.connection).await;
        answer.expect("GET")
    }

    async fn get_many(&mut self, keys: &[String]) -> usize {
        let mut command = redis::cmd("MGET");
        let answer = command.arg(keys).query_async(&mut self.connection).await;
        let values: Vec<Option<Bytes>> = answer.expect("MGET");
        values.iter().flatten().count()
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let mut command = redis::cmd("SET");
        command.arg(key).arg(value);
        if let Some(ttl) = ttl {
            command.arg("PX").arg(ttl.as_millis() as u64);
        }
        command.exec_async(&mut self.connection).await.expect("SET");
    }

    async fn set_many(&mut self, entries: &[(String, Bytes)]) {
        let mut command = redis::cmd("MSET");
        for (key, value) in entries {
            command.arg(key).arg(&**value);
        }
        command
            .exec_async(&mut self.connection)
            .await
            .expect("MSET");
    }

    async fn delete(&mut self, key: &str) -> bool {
        let mut command = redis::cmd("DEL");
        let answer = command.arg(key).query_async(&mut self.connection).await;
        answer.expect("DEL")
    }

    async fn increment(&mut self, key: &str) -> i64 {
        let mut command = redis::cmd("INCRBY");
        let answer = command
            .arg(key)
            .arg(1)
            .query_async(&mut self.connection)
            .await;
        answer.expect("INCRBY")
    }
}
