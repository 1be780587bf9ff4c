//! The connection that handles share, until one of them closes it.
//!
//! rustis ends its connection with the last of its clients, so there is one here, which is let go.

use std::sync::{PoisonError, RwLock};

use contrait::cache::{CacheError, Closing};

use rustis::client::Client;
use rustis::resp::{CommandBuilder, Value};
use rustis::{Error, ErrorKind};

/// A connection to one server.
pub(crate) struct Link {
    /// None once it was closed.
    client: RwLock<Option<Client>>,
    closing: Closing,
}

impl Link {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client: RwLock::new(Some(client)),
            closing: Closing::default(),
        }
    }

    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    /// Lets the connection go, as soon as the commands that are on their way have ended.
    pub(crate) fn close(&self) {
        self.closing.close();
        *self.client.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Sends `command` once, and waits for the answer.
    pub(crate) async fn ask(&self, command: CommandBuilder) -> Result<Value, Error> {
        let client = self.client().ok_or(ErrorKind::DisconnectedByPeer)?;
        match client.send(command, Some(false)).await? {
            Value::Error(error) => Err(error.into()),
            value => Ok(value),
        }
    }

    fn client(&self) -> Option<Client> {
        let client = self.client.read().unwrap_or_else(PoisonError::into_inner);
        client.clone()
    }
}
