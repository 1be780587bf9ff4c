//! The connection that handles share, until one of them closes it.
//!
//! rustis comes back by itself after a connection that was lost. But one that died without a word, as behind a router
//! that forgot it, it takes for one that is slow, without end. So such a client is given up here, and the next call makes
//! another one. rustis ends its connection with the last of its clients.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use contrait::cache::{CacheError, Closing};
use rustis::client::{Client, Config};
use rustis::resp::{CommandBuilder, Value};
use rustis::{Error, ErrorKind};
use tokio::sync::Mutex;

/// A connection to one server that outlives its losses and its silence.
pub(crate) struct Link {
    config: Config,
    /// How long connecting may take, the search for the address included.
    patience: Duration,
    current: Mutex<Current>,
    closing: Closing,
    /// How many commands were answered, by whatever.
    answers: AtomicU64,
}

enum Current {
    Open(Client),
    GivenUp,
    Closed,
}

impl Link {
    pub(crate) fn new(client: Client, config: Config, patience: Duration) -> Self {
        Self {
            config,
            patience,
            current: Mutex::new(Current::Open(client)),
            closing: Closing::default(),
            answers: AtomicU64::new(0),
        }
    }

    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    /// Lets the connection go, as soon as the commands that are on their way have ended.
    pub(crate) async fn close(&self) {
        self.closing.close();
        *self.current.lock().await = Current::Closed;
    }

    /// Sends `command` once, and waits for the answer.
    pub(crate) async fn ask(&self, command: CommandBuilder) -> Result<Value, Error> {
        let client = tokio::time::timeout(self.patience, self.client()).await;
        let client = client.map_err(|_| ErrorKind::DisconnectedByPeer)??;
        let before = self.answers.load(Ordering::Relaxed);
        let answer = client.send(command, Some(false)).await;
        let late = matches!(&answer, Err(error) if matches!(error.kind(), ErrorKind::Timeout(_)));
        // Nobody had an answer for as long as one may take. Those who wait for the old client keep it.
        if late && self.answers.load(Ordering::Relaxed) == before {
            self.give_up().await;
        } else {
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        match answer? {
            Value::Error(error) => Err(error.into()),
            value => Ok(value),
        }
    }

    async fn client(&self) -> Result<Client, Error> {
        let mut current = self.current.lock().await;
        match &*current {
            Current::Open(client) => Ok(client.clone()),
            Current::Closed => Err(ErrorKind::DisconnectedByPeer.into()),
            Current::GivenUp => {
                let client = Client::connect(self.config.clone()).await?;
                *current = Current::Open(client.clone());
                Ok(client)
            }
        }
    }

    /// The answers count on, so that of many callers who were late with one client only the first gives it up.
    async fn give_up(&self) {
        let mut current = self.current.lock().await;
        if let Current::Open(_) = *current {
            *current = Current::GivenUp;
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
    }
}
