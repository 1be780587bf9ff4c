//! The server of a case, which the case may stop, kill, freeze and restart.
//!
//! Only a server of the case's own can be handed out so. What it is and how it is controlled is left to the backend.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::context::SetupError;

/// How the control of a server ends.
pub type Controlled<'a, T = ()> = Pin<Box<dyn Future<Output = Result<T, SetupError>> + Send + 'a>>;

/// How a server that runs answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServerState {
    /// As ever, with all that it held.
    Serving,
    /// It has no memory left and gives none up: it refuses what needs some, and answers the rest.
    Full,
    /// It follows another server: it refuses writes, and answers reads.
    ReadOnly,
    /// It was started anew and reads in what it held: it takes connections, and refuses whatever concerns an entry.
    Loading,
}

/// A server under a backend's control, as [`Context::control_server`](crate::Context::control_server) takes it.
///
/// Each method has done what it says when its future ends, and fails where it could not.
pub trait ServerControl: Send + Sync {
    /// Where it listens, as errors of clients name it.
    fn address(&self) -> String;

    /// The password that clients give it, where there is one.
    fn secret(&self) -> Option<String>;

    /// Has it end in good order, as an operator does.
    fn stop(&self) -> Controlled<'_>;

    /// Ends it at once, as `kill -9` does: what was only in its memory is gone, and connections are refused.
    fn kill(&self) -> Controlled<'_>;

    /// Has it stand still, as SIGSTOP does: its system accepts connections, and nothing answers.
    fn freeze(&self) -> Controlled<'_>;

    /// Lets it go on after [`freeze`](Self::freeze), with all that it was sent meanwhile.
    fn thaw(&self) -> Controlled<'_>;

    /// Starts it anew at the same address, after ending it where it still runs.
    fn restart(&self) -> Controlled<'_>;

    /// As [`restart`](Self::restart), and it wants this password from then on: of letters, digits and `-`.
    fn restart_with_secret(&self, secret: &str) -> Controlled<'_>;

    /// Brings it into this state from whichever other it runs in. The default knows none.
    fn enter(&self, state: ServerState) -> Controlled<'_> {
        Box::pin(async move { Err(format!("this server can never be {state:?}").into()) })
    }

    /// As [`restart`](Self::restart), and it speaks TLS alone from then on, with a certificate for its address by an
    /// authority which is returned as PEM. The default knows no TLS.
    fn restart_with_tls(&self) -> Controlled<'_, String> {
        Box::pin(async { Err("this server knows no TLS, as it is built".into()) })
    }
}

/// The server of a case, as a case asks for it with a parameter `&Server`.
///
/// It is the case's own, and ends with the case.
#[derive(Clone)]
pub struct Server {
    control: Arc<dyn ServerControl>,
}

/// What a server did not do that a case wanted of it.
#[derive(Debug)]
pub struct ServerFailure {
    action: &'static str,
    source: SetupError,
}

impl Server {
    pub(crate) fn new(control: Arc<dyn ServerControl>) -> Self {
        Self { control }
    }

    /// Where it listens, as errors of clients name it; behind a [`Network`](crate::Network) clients know another address.
    pub fn address(&self) -> String {
        self.control.address()
    }

    /// The password that clients give it, where there is one: what must be in no error and no log.
    pub fn secret(&self) -> Option<String> {
        self.control.secret()
    }

    /// Has it end in good order, as an operator does.
    ///
    /// # Errors
    /// Where it did not.
    pub async fn stop(&self) -> Result<(), ServerFailure> {
        failed("stop", self.control.stop().await)
    }

    /// Ends it at once, as `kill -9` does: what was only in its memory is gone, and connections are refused.
    ///
    /// # Errors
    /// Where it did not run.
    pub async fn kill(&self) -> Result<(), ServerFailure> {
        failed("be killed", self.control.kill().await)
    }

    /// Has it stand still, as SIGSTOP does: its system accepts connections, and nothing answers.
    ///
    /// # Errors
    /// Where it did not run.
    pub async fn freeze(&self) -> Result<(), ServerFailure> {
        failed("freeze", self.control.freeze().await)
    }

    /// Lets it go on after [`freeze`](Self::freeze), with all that it was sent meanwhile.
    ///
    /// # Errors
    /// Where it did not run.
    pub async fn thaw(&self) -> Result<(), ServerFailure> {
        failed("go on", self.control.thaw().await)
    }

    /// Starts it anew at the same address, after ending it where it still runs. What it held in memory is gone.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn restart(&self) -> Result<(), ServerFailure> {
        failed("restart", self.control.restart().await)
    }

    /// As [`restart`](Self::restart), and it wants this password from then on, of letters, digits and `-`: clients that
    /// know another one are refused.
    ///
    /// # Errors
    /// Where it does not come up, or knows no passwords.
    pub async fn restart_with_secret(&self, secret: &str) -> Result<(), ServerFailure> {
        failed("restart", self.control.restart_with_secret(secret).await)
    }

    /// Brings it into this state from whichever other it runs in.
    ///
    /// # Errors
    /// Where it does not run, or can never be in it.
    pub async fn enter(&self, state: ServerState) -> Result<(), ServerFailure> {
        failed("change its state", self.control.enter(state).await)
    }

    /// As [`restart`](Self::restart), and it speaks TLS alone from then on. Returns the authority that signed its
    /// certificate, as PEM, which no system knows.
    ///
    /// # Errors
    /// Where it does not come up, or knows no TLS.
    pub async fn restart_with_tls(&self) -> Result<String, ServerFailure> {
        failed("restart", self.control.restart_with_tls().await)
    }
}

fn failed<T>(action: &'static str, result: Result<T, SetupError>) -> Result<T, ServerFailure> {
    result.map_err(|source| ServerFailure { action, source })
}

/// Without its secret.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.address()).finish()
    }
}

impl fmt::Display for ServerFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server did not {}: {}", self.action, self.source)
    }
}

impl Error for ServerFailure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
