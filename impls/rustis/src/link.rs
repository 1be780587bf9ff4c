//! The connection that handles share, until one of them closes it.
//!
//! rustis comes back by itself after most losses, and not after all: one that died without a word, as behind a router
//! that forgot it, it takes for one that is slow, and where connections are lost again and again it can come to rest. So a
//! client that has lost its connection or says nothing is given up here, and the next call makes another one.

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
    /// How many commands were answered.
    answers: AtomicU64,
}

struct Current {
    state: State,
    /// How many clients there were before, so that one loss that many callers see gives up one client.
    generation: u64,
}

enum State {
    Open(Client),
    GivenUp,
    Closed,
}

impl Link {
    pub(crate) fn new(client: Client, config: Config, patience: Duration) -> Self {
        let current = Current {
            state: State::Open(client),
            generation: 0,
        };
        Self {
            config,
            patience,
            current: Mutex::new(current),
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
        self.current.lock().await.state = State::Closed;
    }

    /// Sends `command` once, and waits for the answer.
    pub(crate) async fn ask(&self, command: CommandBuilder) -> Result<Value, Error> {
        let client = tokio::time::timeout(self.patience, self.client()).await;
        let (client, generation) = client.map_err(|_| ErrorKind::DisconnectedByPeer)??;
        let before = self.answers.load(Ordering::Relaxed);
        let answer = client.send(command, Some(false)).await;
        let given_up = match &answer {
            // Nobody had an answer for as long as one may take. Those who wait for the old client keep it.
            Err(error) if matches!(error.kind(), ErrorKind::Timeout(_)) => {
                self.answers.load(Ordering::Relaxed) == before
            }
            Err(error) => !matches!(error.kind(), ErrorKind::Redis(_)),
            Ok(_) => false,
        };
        if given_up {
            self.give_up(generation).await;
        } else if answer.is_ok() {
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        match answer? {
            Value::Error(error) => Err(error.into()),
            value => Ok(value),
        }
    }

    async fn client(&self) -> Result<(Client, u64), Error> {
        let mut current = self.current.lock().await;
        match &current.state {
            State::Open(client) => Ok((client.clone(), current.generation)),
            State::Closed => Err(ErrorKind::DisconnectedByPeer.into()),
            State::GivenUp => {
                let client = Client::connect(self.config.clone()).await?;
                current.state = State::Open(client.clone());
                current.generation += 1;
                Ok((client, current.generation))
            }
        }
    }

    async fn give_up(&self, generation: u64) {
        let mut current = self.current.lock().await;
        if current.generation == generation && matches!(current.state, State::Open(_)) {
            current.state = State::GivenUp;
        }
    }
}
