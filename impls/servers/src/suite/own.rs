//! A server that a case has for itself and controls: a process, or an embedded one that behaves as one.
//!
//! It asks for a password, so that a client which comes back has to show it again, and a case can look for it where it
//! must not be.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contrait::{Context, Controlled, ServerControl, SetupError};
use redis_embedded::Server;

use super::{CaseRedis, describe};
use crate::{OwnRedis, Redis, ServerError, local};

/// Longer than any test.
const FOREVER_MILLIS: &str = "9000000000000";

fn password(context: &Context) -> String {
    // What has two parts is in nothing else that a client may show.
    format!("hunter2-{}", context.namespace())
}

pub(super) async fn real(context: &Context) -> Result<CaseRedis, SetupError> {
    let password = password(context);
    let start = async || {
        let started = tokio::task::spawn_blocking(move || {
            Redis::own_with_password(&password).map(|redis| Process(Arc::new(redis)))
        });
        Ok::<_, SetupError>(started.await??)
    };
    let process = context.shared_async(start).await?;
    let redis = CaseRedis {
        url: process.0.url().to_owned(),
        description: process.0.describe(),
    };
    context.control_server(process);
    Ok(redis)
}

pub(super) async fn embedded(context: &Context) -> Result<CaseRedis, SetupError> {
    let password = password(context);
    let start = async || Embedded::start(password).await;
    let embedded = context.shared_async(start).await?;
    let redis = CaseRedis {
        url: embedded.server.url(),
        description: describe(&embedded.server),
    };
    context.control_server(embedded);
    Ok(redis)
}

/// A server process.
struct Process(Arc<OwnRedis>);

impl Process {
    /// The calls block.
    fn control(
        &self,
        what: impl FnOnce(&OwnRedis) -> Result<(), ServerError> + Send + 'static,
    ) -> Controlled<'_> {
        let redis = Arc::clone(&self.0);
        let called = tokio::task::spawn_blocking(move || what(&redis));
        Box::pin(async move { Ok(called.await??) })
    }
}

impl ServerControl for Process {
    fn address(&self) -> String {
        self.0.address()
    }

    fn secret(&self) -> Option<String> {
        self.0.password()
    }

    fn stop(&self) -> Controlled<'_> {
        self.control(OwnRedis::stop)
    }

    fn kill(&self) -> Controlled<'_> {
        self.control(OwnRedis::kill)
    }

    fn freeze(&self) -> Controlled<'_> {
        self.control(OwnRedis::freeze)
    }

    fn thaw(&self) -> Controlled<'_> {
        self.control(OwnRedis::thaw)
    }

    fn restart(&self) -> Controlled<'_> {
        self.control(OwnRedis::restart)
    }

    fn restart_with_secret(&self, secret: &str) -> Controlled<'_> {
        let secret = secret.to_owned();
        self.control(move |redis| redis.restart_with_password(&secret))
    }
}

/// A server in this process. A client cannot tell it from one that is killed and frozen.
struct Embedded {
    server: Server,
    password: Mutex<String>,
    runs: AtomicBool,
}

impl Embedded {
    /// Starts it on a port that nobody is given while it is down.
    async fn start(password: String) -> Result<Self, SetupError> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, local::free_port()?));
        let server = Server::builder().address(address).password(&password);
        Ok(Self {
            server: server.start().await?,
            password: Mutex::new(password),
            runs: AtomicBool::new(true),
        })
    }

    async fn end(&self) -> Result<(), SetupError> {
        if !self.runs.swap(false, Ordering::SeqCst) {
            return Err(NOT_RUNNING.into());
        }
        self.server.refuse_connections().await?;
        self.server.restart_empty();
        Ok(())
    }

    fn password(&self) -> MutexGuard<'_, String> {
        self.password.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_running(&self) -> Result<(), SetupError> {
        match self.runs.load(Ordering::SeqCst) {
            true => Ok(()),
            false => Err(NOT_RUNNING.into()),
        }
    }
}

const NOT_RUNNING: &str = "the embedded server does not run";

impl ServerControl for Embedded {
    fn address(&self) -> String {
        self.server.addr().to_string()
    }

    fn secret(&self) -> Option<String> {
        Some(self.password().clone())
    }

    fn stop(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn kill(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn freeze(&self) -> Controlled<'_> {
        Box::pin(async {
            self.check_running()?;
            self.server.pause_accepting().await?;
            self.server
                .command(["CLIENT", "PAUSE", FOREVER_MILLIS, "ALL"]);
            Ok(())
        })
    }

    fn thaw(&self) -> Controlled<'_> {
        Box::pin(async {
            self.check_running()?;
            self.server.command(["CLIENT", "UNPAUSE"]);
            Ok(self.server.accept_connections().await?)
        })
    }

    fn restart(&self) -> Controlled<'_> {
        let password = self.password().clone();
        self.restart_with_secret(&password)
    }

    fn restart_with_secret(&self, secret: &str) -> Controlled<'_> {
        let secret = secret.to_owned();
        Box::pin(async move {
            // Nobody comes in between with the old password.
            self.server.refuse_connections().await?;
            self.server.restart_empty();
            self.server
                .command(["CONFIG", "SET", "requirepass", secret.as_str()]);
            *self.password() = secret;
            self.runs.store(true, Ordering::SeqCst);
            Ok(self.server.accept_connections().await?)
        })
    }
}
