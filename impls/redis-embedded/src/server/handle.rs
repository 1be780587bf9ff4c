//! The handle a test holds.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::builder::Builder;
use super::shared::Shared;
use crate::clock::Clock;

/// A running server. Dropping it closes the listener and all connections.
pub struct Server {
    shared: Arc<Shared>,
    addr: SocketAddr,
    settings: Builder,
}

impl Server {
    /// Starts a server on a free port of 127.0.0.1, with the real clock.
    ///
    /// # Errors
    ///
    /// When no port can be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time enabled.
    pub async fn start() -> io::Result<Server> {
        Builder::default().start().await
    }

    /// Settings for a server that is not like that.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(shared: Arc<Shared>, addr: SocketAddr, settings: Builder) -> Server {
        Server {
            shared,
            addr,
            settings,
        }
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        self.shared.clone()
    }

    pub(crate) fn settings(&self) -> &Builder {
        &self.settings
    }

    /// The address for a client, such as `redis://127.0.0.1:40123`, with the password if the
    /// server has one, and with the scheme `rediss` if it speaks TLS.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = self.settings.scheme();
        match self.settings.password_text() {
            Some(password) => format!("{scheme}://:{}@{}", percent_encoded(password), self.addr),
            None => format!("{scheme}://{}", self.addr),
        }
    }

    /// The authority that signed the server's certificate, as PEM, if it speaks TLS.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.settings.tls_settings().map(super::tls::Tls::ca_pem)
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The Unix socket it listens on as well, if it was told to.
    #[must_use]
    pub fn unix_socket(&self) -> Option<&std::path::Path> {
        self.settings.unix_path()
    }

    /// The server's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    fn close(&self) {
        self.shared.stop();
        if let Some(path) = self.unix_socket() {
            // Somebody else may have removed it already.
            let _ = std::fs::remove_file(path);
        }
    }

    /// Closes the listener and all connections.
    pub async fn stop(self) {
        self.close();
        // The tasks that were woken end before this one goes on, if they share a thread.
        tokio::task::yield_now().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.dump_if_failing();
        self.close();
    }
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte as char);
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
