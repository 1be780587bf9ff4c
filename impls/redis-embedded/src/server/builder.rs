//! How a server is to be, before it is started.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};

use super::config::Config;
use super::handle::Server;
use super::shared::Shared;
use super::state::State;
use super::{listener, timer};
use crate::clock::Clock;

/// Settings of a server; [`Server::builder`] makes one.
#[derive(Debug, Clone)]
pub struct Builder {
    address: SocketAddr,
    password: Option<String>,
    databases: usize,
    frozen: bool,
    unix_socket: Option<PathBuf>,
    own_thread: bool,
    seed: u64,
}

impl Default for Builder {
    fn default() -> Builder {
        Builder {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            password: None,
            databases: 16,
            frozen: false,
            unix_socket: None,
            own_thread: false,
            seed: 0x5eed,
        }
    }
}

impl Builder {
    /// Listens on this address instead of a free port of 127.0.0.1. Port 0 takes a free one.
    #[must_use]
    pub fn address(mut self, address: SocketAddr) -> Builder {
        self.address = address;
        self
    }

    /// Asks clients for this password, as `requirepass` does.
    #[must_use]
    pub fn password(mut self, password: impl Into<String>) -> Builder {
        self.password = Some(password.into());
        self
    }

    /// How many numbered databases there are; 16 by default, at least one.
    #[must_use]
    pub fn databases(mut self, databases: usize) -> Builder {
        self.databases = databases.max(1);
        self
    }

    /// Starts with a clock that stands still until it is advanced.
    #[must_use]
    pub fn frozen_clock(mut self) -> Builder {
        self.frozen = true;
        self
    }

    /// Listens on this Unix socket as well. The file is removed when the server stops.
    #[must_use]
    pub fn unix_socket(mut self, path: impl Into<PathBuf>) -> Builder {
        self.unix_socket = Some(path.into());
        self
    }

    /// Runs on a thread and a runtime of its own, so that a test which blocks its thread does not
    /// block the server.
    #[must_use]
    pub fn own_thread(mut self) -> Builder {
        self.own_thread = true;
        self
    }

    /// What random commands such as SPOP and RANDOMKEY choose by; the same by default.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Builder {
        self.seed = seed;
        self
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// When the address or the Unix socket cannot be bound.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time enabled, unless it has its own thread.
    pub async fn start(self) -> io::Result<Server> {
        if self.own_thread {
            self.start_on_own_thread()
        } else {
            self.start_here()
        }
    }

    /// Starts the server on a thread of its own, from where there is no runtime.
    ///
    /// # Errors
    ///
    /// When the address or the Unix socket cannot be bound, or no thread can be started.
    pub fn start_on_own_thread(self) -> io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, receiver) = mpsc::channel();
        let run = move || {
            runtime.block_on(async move {
                let started = self.start_here();
                let shared = started.as_ref().ok().map(Server::shared);
                // Whoever started this waits for the answer.
                let _ = sender.send(started);
                if let Some(shared) = shared {
                    while !shared.is_stopped() {
                        shared.stopping.notified().await;
                    }
                    shared.stopping.notify_one();
                    // The connections see that they are closed, and say goodbye.
                    tokio::task::yield_now().await;
                }
            });
        };
        std::thread::Builder::new()
            .name("redis-embedded".into())
            .spawn(run)?;
        receiver
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the server's thread ended")))
    }

    fn start_here(self) -> io::Result<Server> {
        let socket = std::net::TcpListener::bind(self.address)?;
        socket.set_nonblocking(true)?;
        let addr = socket.local_addr()?;
        let socket = tokio::net::TcpListener::from_std(socket)?;
        let unix = match &self.unix_socket {
            Some(path) => Some((listener::bind_unix(path)?, path.clone())),
            None => None,
        };
        let clock = Clock::new(self.frozen);
        let config = Config::new(addr.port(), self.databases, self.password.as_deref());
        let state = State::new(config, self.databases, self.seed, clock.micros());
        let shared = Shared::new(state, &clock);
        tokio::spawn(timer::run(shared.clone()));
        tokio::spawn(listener::accept_tcp(shared.clone(), socket));
        if let Some((socket, path)) = unix {
            tokio::spawn(listener::accept_unix(shared.clone(), socket, path));
        }
        Ok(Server::new(Arc::clone(&shared), addr, self))
    }

    pub(crate) fn password_text(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(crate) fn unix_path(&self) -> Option<&std::path::Path> {
        self.unix_socket.as_deref()
    }
}
