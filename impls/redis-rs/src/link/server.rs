//! The connection that comes back: redis-rs' manager, and a new one where that one has given up.
//!
//! `ConnectionManager` reconnects after lost connections. But when a server that it reaches refuses it (a password
//! that was just changed, no client slot left), or answers what is no protocol, it keeps that refusal as its answer to every later command, for good.
//! And a connection that died without a word, as behind a router that forgot it, it takes for one that is slow, for as
//! long as the system goes on sending: a quarter of an hour.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use contrait::cache::{CacheError, Closing};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult};

/// A connection to one server that outlives its losses, its refusals and its silence.
pub(crate) struct ServerLink {
    client: Client,
    config: ConnectionManagerConfig,
    /// None once it was closed.
    current: RwLock<Option<Current>>,
    closing: Closing,
    /// How many commands were answered, by whatever.
    answers: AtomicU64,
}

#[derive(Clone)]
struct Current {
    manager: ConnectionManager,
    /// How many managers there were before, so that one refusal that many callers see makes one new manager.
    generation: u64,
}

impl ServerLink {
    /// Connects, with the retries of `config`.
    pub(crate) async fn connect(
        client: Client,
        config: ConnectionManagerConfig,
    ) -> RedisResult<Self> {
        let manager = ConnectionManager::new_with_config(client.clone(), config.clone()).await?;
        let current = Current {
            manager,
            generation: 0,
        };
        Ok(Self {
            client,
            config,
            current: RwLock::new(Some(current)),
            closing: Closing::default(),
            answers: AtomicU64::new(0),
        })
    }

    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    /// Lets the connection go, as soon as the commands that are on their way have ended.
    pub(crate) fn close(&self) {
        self.closing.close();
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Sends `command` once, and waits for the answer.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let Some(mut current) = self.current() else {
            return Err(io::Error::from(io::ErrorKind::NotConnected).into());
        };
        let before = self.answers.load(Ordering::Relaxed);
        let answer = command.query_async(&mut current.manager).await;
        let replaced = match &answer {
            // Nobody had an answer for as long as one may take. Those who wait on the old connection keep it.
            Err(error) if error.is_timeout() => self.answers.load(Ordering::Relaxed) == before,
            Err(error) => is_refusal(error),
            Ok(_) => false,
        };
        if replaced {
            self.replace(current.generation);
        } else {
            self.answers.fetch_add(1, Ordering::Relaxed);
        }
        answer
    }

    fn current(&self) -> Option<Current> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    fn replace(&self, generation: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().map(|current| current.generation) != Some(generation) {
            return;
        }
        // A lazy manager connects with the next command. It can only fail on options that this one had as well.
        let lazy =
            ConnectionManager::new_lazy_with_config(self.client.clone(), self.config.clone());
        if let Ok(manager) = lazy {
            *current = Some(Current {
                manager,
                generation: generation + 1,
            });
        }
    }
}

/// Whether the server turned the connection down, or spoke no protocol on it, rather than refused a command.
fn is_refusal(error: &RedisError) -> bool {
    let text = error.detail().unwrap_or_default();
    let kinds = [ErrorKind::AuthenticationFailed, ErrorKind::Parse];
    kinds.contains(&error.kind())
        || matches!(error.code(), Some("NOAUTH" | "WRONGPASS"))
        || text.contains("max number of clients")
        || text.contains("DB index is out of range")
}
