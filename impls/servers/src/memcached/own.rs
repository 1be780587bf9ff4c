//! A memcached that one test has for itself.

use std::fmt::{self, Debug, Formatter};

use super::server::MemcachedServer;
use super::{address_of, describe_started, url_of};
use crate::ServerError;
use crate::local::{Base, Own};

/// A memcached that one test may kill, freeze and restart without disturbing another.
///
/// It is stopped when the value is dropped, and by its supervisor when the process ends, however it ends.
pub struct OwnMemcached {
    own: Own<MemcachedServer>,
    url: String,
    description: String,
}

impl OwnMemcached {
    pub(super) fn start(server: MemcachedServer, base: Base) -> Result<Self, ServerError> {
        let own = Own::start(server, base)?;
        let greeting = own.greeting().unwrap_or_default();
        Ok(Self {
            url: url_of(own.place()),
            description: describe_started(&greeting, own.server(), own.place()),
            own,
        })
    }

    /// What clients connect to, such as `memcached://127.0.0.1:23456`; it stays the same over restarts.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        address_of(self.own.place()).to_string()
    }

    /// The server in words, for the output of a failed test.
    #[must_use]
    pub fn describe(&self) -> String {
        self.description.clone()
    }

    /// Kills the server as `kill -9` does; on return it is gone, and connections are refused. Blocks for some milliseconds.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed before.
    pub fn kill(&self) -> Result<(), ServerError> {
        self.own.kill()
    }

    /// Has the server end in good order, as an operator does; on return it is gone. Blocks for some milliseconds.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed before.
    pub fn stop(&self) -> Result<(), ServerError> {
        self.own.stop()
    }

    /// Starts the server anew and empty at the same address, after killing it if it still runs. Blocks for some 50 ms.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotStarted`] if it does not come up, as when another process has taken its port in the meantime.
    pub fn restart(&self) -> Result<(), ServerError> {
        self.own.restart()
    }

    /// Stops the server from running without ending it: connections are taken by the kernel and nothing answers. On
    /// return it has stopped. [`thaw`](Self::thaw) undoes it.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed.
    pub fn freeze(&self) -> Result<(), ServerError> {
        self.own.freeze()
    }

    /// Lets a frozen server go on, with all that it was sent meanwhile.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed.
    pub fn thaw(&self) -> Result<(), ServerError> {
        self.own.thaw()
    }
}

impl Debug for OwnMemcached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnMemcached")
            .field(&self.description)
            .finish()
    }
}
