//! A server that one test has for itself, of whatever kind.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Base, Place, Port, Reserved, Running, Server};
use crate::ServerError;

/// A server that one test may kill, freeze and restart without disturbing another. It keeps its port all the while.
pub(crate) struct Own<S: Server> {
    server: S,
    base: Base,
    place: Place,
    /// Also while it is down.
    _reserved: Option<Reserved>,
    running: Mutex<Option<Running>>,
}

impl<S: Server> Own<S> {
    /// Starts it, in directories that no shared server has.
    pub(crate) fn start(server: S, base: Base) -> Result<Self, ServerError> {
        let mut running = start(&server, &base, Port::Free)?;
        Ok(Self {
            _reserved: running.reserved.take(),
            place: running.place.clone(),
            running: Mutex::new(Some(running)),
            server,
            base,
        })
    }

    /// Where it was started first. The directory is another one after a restart.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Kills it; on return it is gone.
    pub(crate) fn kill(&self) -> Result<(), ServerError> {
        self.take("kill")?.stop();
        Ok(())
    }

    /// Has it end in good order; on return it is gone.
    pub(crate) fn stop(&self) -> Result<(), ServerError> {
        let mut running = self.take("stop")?;
        running.terminate()?;
        running.stop();
        Ok(())
    }

    /// Starts it anew on its port, after killing it where it still runs.
    pub(crate) fn restart(&self) -> Result<(), ServerError> {
        let mut running = self.running();
        if let Some(before) = running.take() {
            before.stop();
        }
        let port = Port::Exactly(self.place.port);
        *running = Some(start(&self.server, &self.base, port)?);
        Ok(())
    }

    /// Stops it from running without ending it; on return it has stopped.
    pub(crate) fn freeze(&self) -> Result<(), ServerError> {
        let mut running = self.running();
        let frozen = running.as_mut().map(Running::freeze);
        frozen.unwrap_or_else(|| Err(self.not_running("freeze")))
    }

    /// Lets a frozen one go on.
    pub(crate) fn thaw(&self) -> Result<(), ServerError> {
        let mut running = self.running();
        let thawed = running.as_mut().map(Running::thaw);
        thawed.unwrap_or_else(|| Err(self.not_running("thaw")))
    }

    /// What it said of itself when it was started last.
    pub(crate) fn greeting(&self) -> Option<super::Greeting> {
        let running = self.running();
        running.as_ref().map(|running| running.greeting.clone())
    }

    pub(crate) fn server(&self) -> &S {
        &self.server
    }

    fn take(&self, action: &'static str) -> Result<Running, ServerError> {
        let running = self.running().take();
        running.ok_or_else(|| self.not_running(action))
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_running(&self, action: &'static str) -> ServerError {
        ServerError::NotRunning {
            program: self.server.program().to_owned(),
            action,
        }
    }
}

fn start(server: &dyn Server, base: &Base, port: Port) -> Result<Running, ServerError> {
    let prefix = format!("{}-own-", server.kind());
    Running::start(server, base, &prefix, port, Duration::ZERO)
}

impl<S: Server> Drop for Own<S> {
    fn drop(&mut self) {
        if let Some(running) = self.running().take() {
            running.stop();
        }
    }
}
