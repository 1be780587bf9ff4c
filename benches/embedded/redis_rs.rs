//! redis-rs' multiplexed connection, by TCP or in memory.

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo, cmd};
use redis_embedded::Server;

use crate::Outcome;
use crate::client::Client;

#[derive(Clone)]
pub(crate) struct RedisRs(MultiplexedConnection);

impl RedisRs {
    pub(crate) async fn by_tcp(url: &str) -> Outcome<Self> {
        let opener = redis::Client::open(url)?;
        Ok(Self(opener.get_multiplexed_async_connection().await?))
    }

    /// Without a socket; the driver is a task of the current runtime.
    pub(crate) async fn in_memory(server: &Server) -> Outcome<Self> {
        let settings = RedisConnectionInfo::default();
        let stream = server.connect_in_memory();
        let config = AsyncConnectionConfig::default();
        let opened = MultiplexedConnection::new_with_config(&settings, stream, config);
        let (connection, driver) = opened.await?;
        tokio::spawn(driver);
        Ok(Self(connection))
    }
}

impl Client for RedisRs {
    async fn get(&mut self, key: &str) -> Vec<u8> {
        let found = cmd("GET").arg(key).query_async(&mut self.0).await;
        found.expect("GET")
    }

    async fn set(&mut self, key: &str, value: &[u8]) {
        let stored = cmd("SET").arg(key).arg(value).exec_async(&mut self.0).await;
        stored.expect("SET");
    }
}
