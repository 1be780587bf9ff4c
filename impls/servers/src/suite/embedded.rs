//! An embedded server that a case controls. A client cannot tell it from a process that is killed and frozen.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use contrait::{Controlled, ServerControl, ServerState, SetupError};
#[cfg(feature = "tls")]
use redis_embedded::Tls;
use redis_embedded::{Builder, FaultGuard, Server};

use crate::local::Reserved;

const NOT_RUNNING: &str = "the embedded server does not run";
/// Longer than any test.
const FOREVER_MILLIS: &str = "9000000000000";
/// How often the end of the server before is waited for: its tasks share this thread.
const TURNS: usize = 1000;

/// What the clients of caches send that needs memory.
const GROWING: [&str; 4] = ["EVAL", "INCRBY", "MSET", "SET"];
/// What else of it changes something.
const CHANGING: [&str; 6] = ["DEL", "GETDEL", "GETEX", "PERSIST", "PEXPIRE", "UNLINK"];
/// What of it only reads.
const READING: [&str; 6] = ["EXISTS", "GET", "MGET", "PING", "PTTL", "SCAN"];

const FULL: &str = "OOM command not allowed when used memory > 'maxmemory'.";
const READ_ONLY: &str = "READONLY You can't write against a read only replica.";
const LOADING: &str = "LOADING Redis is loading the dataset in memory";

pub(super) struct Embedded {
    address: SocketAddr,
    /// Also while it is down.
    _reserved: Reserved,
    settings: Mutex<Settings>,
    server: Mutex<Option<Server>>,
    /// In force until they are dropped.
    refusals: Mutex<Vec<FaultGuard>>,
}

/// How it is when it is started next.
#[derive(Clone)]
struct Settings {
    password: String,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Settings {
    fn builder(self, address: SocketAddr) -> Builder {
        let builder = Server::builder().address(address).password(self.password);
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls {
            return builder.tls(tls);
        }
        builder
    }
}

impl Embedded {
    /// Starts it on a port that nobody is given while it is down.
    pub(super) async fn start(password: String) -> Result<Self, SetupError> {
        let reserved = Reserved::free()?;
        let embedded = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, reserved.number())),
            _reserved: reserved,
            settings: Mutex::new(Settings {
                password,
                #[cfg(feature = "tls")]
                tls: None,
            }),
            server: Mutex::default(),
            refusals: Mutex::default(),
        };
        embedded.renew().await?;
        Ok(embedded)
    }

    pub(super) fn url(&self) -> String {
        format!("redis://:{}@{}", self.settings().password, self.address)
    }

    pub(super) fn describe(&self) -> String {
        format!("redis-embedded at {}", self.address)
    }

    /// Ends it where it runs, and starts it as it is to be now.
    async fn renew(&self) -> Result<(), SetupError> {
        drop(self.server().take());
        for _ in 0..TURNS {
            let builder = self.settings().clone().builder(self.address);
            match builder.start().await {
                Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                    tokio::task::yield_now().await;
                }
                started => {
                    *self.server() = Some(started?);
                    return Ok(());
                }
            }
        }
        Err(format!("somebody else listens at {}", self.address).into())
    }

    async fn end(&self) -> Result<(), SetupError> {
        let server = self.take()?;
        server.refuse_connections().await?;
        server.stop().await;
        Ok(())
    }

    /// Has it answer these commands with `error`, and no others.
    fn refuse(&self, commands: &[&str], error: &str) -> Result<(), SetupError> {
        let server = self.server();
        let faults = server.as_ref().ok_or(NOT_RUNNING)?.faults();
        let refusals = commands
            .iter()
            .map(|command| faults.on(command).error(error).guard());
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner) = refusals.collect();
        Ok(())
    }

    fn change(&self, state: ServerState) -> Result<(), SetupError> {
        match state {
            ServerState::Serving => self.refuse(&[], ""),
            ServerState::Full => self.refuse(&GROWING, FULL),
            ServerState::ReadOnly => self.refuse(&[&GROWING[..], &CHANGING].concat(), READ_ONLY),
            ServerState::Loading => {
                let all = [&GROWING[..], &CHANGING, &READING].concat();
                self.refuse(&all, LOADING)?;
                self.server().as_ref().ok_or(NOT_RUNNING)?.restart();
                Ok(())
            }
            other => Err(format!("an embedded server is never {other:?}").into()),
        }
    }

    /// The server, to be put back where it is to go on.
    fn take(&self) -> Result<Server, SetupError> {
        let server = self.server().take();
        server.ok_or_else(|| NOT_RUNNING.into())
    }

    fn server(&self) -> MutexGuard<'_, Option<Server>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerControl for Embedded {
    fn address(&self) -> String {
        self.address.to_string()
    }

    fn secret(&self) -> Option<String> {
        Some(self.settings().password.clone())
    }

    fn stop(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn kill(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn freeze(&self) -> Controlled<'_> {
        Box::pin(async {
            let server = self.take()?;
            let paused = server.pause_accepting().await;
            server.command(["CLIENT", "PAUSE", FOREVER_MILLIS, "ALL"]);
            *self.server() = Some(server);
            Ok(paused?)
        })
    }

    fn thaw(&self) -> Controlled<'_> {
        Box::pin(async {
            let server = self.take()?;
            server.command(["CLIENT", "UNPAUSE"]);
            let accepting = server.accept_connections().await;
            *self.server() = Some(server);
            Ok(accepting?)
        })
    }

    fn restart(&self) -> Controlled<'_> {
        Box::pin(self.renew())
    }

    fn restart_with_secret(&self, secret: &str) -> Controlled<'_> {
        secret.clone_into(&mut self.settings().password);
        Box::pin(self.renew())
    }

    fn enter(&self, state: ServerState) -> Controlled<'_> {
        Box::pin(std::future::ready(self.change(state)))
    }

    #[cfg(feature = "tls")]
    fn restart_with_tls(&self) -> Controlled<'_, String> {
        Box::pin(async {
            let tls = Tls::self_signed()?;
            let authority = tls.ca_pem().to_owned();
            self.settings().tls = Some(tls);
            self.renew().await?;
            Ok(authority)
        })
    }
}
