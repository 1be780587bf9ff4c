//! rustis without an adapter, each task with its own clone of one client.

use std::time::Duration;

use bytes::Bytes;
use contrait::cache::Namespace;
use rustis::client::{Client as RustisClient, IntoConfig};
use rustis::resp::{BulkString, CommandBuilder, Value, cmd};

use crate::client::Client;

#[derive(Clone)]
pub(crate) struct BareRustis {
    client: RustisClient,
    namespace: Namespace,
}

impl BareRustis {
    /// With the adapter's time limit on answers, and its keys.
    pub(crate) async fn connect(url: &str, namespace: Namespace) -> Self {
        let mut config = url.into_config().expect("the URL of a server");
        config.command_timeout = Duration::from_secs(1);
        let client = RustisClient::connect(config).await;
        Self {
            client: client.expect("a connection of rustis"),
            namespace,
        }
    }

    async fn ask(&self, command: CommandBuilder) -> Value {
        self.client.send(command, None).await.expect("an answer")
    }
}

impl Client for BareRustis {
    fn key(&self, key: &str) -> String {
        self.namespace.join(key).expect("a short key")
    }

    async fn get(&mut self, key: &str) -> Option<Bytes> {
        match self.ask(cmd("GET").key(key)).await {
            Value::BulkString(value) => Some(value.into()),
            _ => None,
        }
    }

    async fn get_many(&mut self, keys: &[String]) -> usize {
        match self
            .ask(keys.iter().fold(cmd("MGET"), CommandBuilder::key))
            .await
        {
            Value::Array(values) => values
                .iter()
                .filter(|value| matches!(value, Value::BulkString(_)))
                .count(),
            other => panic!("MGET answers {other:?}"),
        }
    }

    async fn set(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let command = cmd("SET").key(key).arg(BulkString::new(value));
        let command = match ttl {
            Some(ttl) => command.arg("PX").arg(ttl.as_millis() as u64),
            None => command,
        };
        self.ask(command).await;
    }

    async fn set_many(&mut self, entries: &[(String, Bytes)]) {
        let add = |command: CommandBuilder, (key, value): &(String, Bytes)| {
            command.key(key).arg(BulkString::new(&**value))
        };
        self.ask(entries.iter().fold(cmd("MSET"), add)).await;
    }

    async fn delete(&mut self, key: &str) -> bool {
        matches!(self.ask(cmd("DEL").key(key)).await, Value::Integer(1))
    }

    async fn increment(&mut self, key: &str) -> i64 {
        match self.ask(cmd("INCRBY").key(key).arg(1)).await {
            Value::Integer(sum) => sum,
            other => panic!("INCRBY answers {other:?}"),
        }
    }
}
