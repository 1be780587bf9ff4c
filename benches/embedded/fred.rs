//! fred, each task with its own clone of one client.

use fred::clients::Client as FredClient;
use fred::interfaces::{ClientLike, KeysInterface};
use fred::types::Builder;
use fred::types::config::Config;

use crate::Outcome;
use crate::client::Client;

#[derive(Clone)]
pub(crate) struct Fred(FredClient);

impl Fred {
    pub(crate) async fn by_tcp(url: &str) -> Outcome<Self> {
        let client = Builder::from_config(Config::from_url(url)?).build()?;
        client.init().await?;
        Ok(Self(client))
    }
}

impl Client for Fred {
    async fn get(&mut self, key: &str) -> Vec<u8> {
        self.0.get(key).await.expect("GET")
    }

    async fn set(&mut self, key: &str, value: &[u8]) {
        let stored = self.0.set(key, value, None, None, false);
        let () = stored.await.expect("SET");
    }
}
