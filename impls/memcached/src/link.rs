//! The connection that comes back: the present one, and a new one where that was lost.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, Closing};
use tokio::sync::Mutex;

use crate::connection::Connection;
use crate::error::Server;
use crate::reply::{Reply, Status};
use crate::request::Request;

/// A connection to one server that outlives its losses. Handles share it, until one of them closes it.
pub(crate) struct Link {
    pub(crate) server: Server,
    response_timeout: Duration,
    connection_timeout: Duration,
    /// None where it was lost, and once it was closed.
    current: Mutex<Option<Arc<Connection>>>,
    closing: Closing,
}

impl Link {
    pub(crate) fn new(
        server: Server,
        response_timeout: Duration,
        connection_timeout: Duration,
    ) -> Self {
        Self {
            server,
            response_timeout,
            connection_timeout,
            current: Mutex::new(None),
            closing: Closing::default(),
        }
    }

    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    /// Lets the connection go, as soon as the requests that are on their way have ended.
    pub(crate) async fn close(&self) {
        self.closing.close();
        *self.current.lock().await = None;
    }

    /// Sends `request` once, and waits for its replies, of which there is one a command.
    pub(crate) async fn ask(&self, request: Request) -> Result<Vec<Reply>, CacheError> {
        let connection = self.connection().await?;
        let replies = connection.ask(request, self.response_timeout).await;
        replies.map_err(|failure| self.server.fails(failure))
    }

    /// The setting of this name, as the server tells it.
    pub(crate) async fn setting(&self, name: &str) -> Result<Option<String>, CacheError> {
        let asked = self.ask(Request::settings()).await;
        let replies = asked.map_err(|error| match error.kind() {
            // Nothing was asked before: for a caller a server that does not answer is one that is not there.
            CacheErrorKind::Timeout => self.server.is_silent(),
            _ => error,
        })?;
        replies
            .into_iter()
            .find_map(|reply| match reply.status {
                Status::Statistic(found, value) if found == name => Some(Ok(value)),
                Status::Refused(text) => Some(Err(self.server.says(&text))),
                _ => None,
            })
            .transpose()
    }

    /// The present connection, or a new one. Who waits while another call connects waits no longer than for his own.
    async fn connection(&self) -> Result<Arc<Connection>, CacheError> {
        let connected = tokio::time::timeout(self.connection_timeout, self.connect()).await;
        connected.unwrap_or_else(|_| Err(self.server.is_silent()))
    }

    async fn connect(&self) -> Result<Arc<Connection>, CacheError> {
        let mut current = self.current.lock().await;
        // Or a call that came before it was closed would open it again.
        self.closing.check()?;
        if let Some(connection) = current.as_ref().filter(|current| !current.is_lost()) {
            return Ok(Arc::clone(connection));
        }
        let opened = Connection::open(self.server.address()).await;
        let connection = Arc::new(opened.map_err(|error| self.server.refuses(error))?);
        *current = Some(Arc::clone(&connection));
        Ok(connection)
    }
}
