//! What is tried under many schedules.

use std::fmt;
use std::future::Future;

use super::chooser::Chooser;
use super::interleave::{Ended, interleave};
use super::plan::Schedule;
use crate::runtime::LocalFuture;

/// Clients that run concurrently, and what must hold when all of them have ended.
///
/// A client that panics fails the trial; so do clients that wait for what never comes.
#[must_use = "an `Explorer` runs it"]
#[derive(Default)]
pub struct Trial<'t> {
    clients: Vec<LocalFuture<'t, ()>>,
    last: Option<LocalFuture<'t, Result<(), String>>>,
}

impl<'t> Trial<'t> {
    /// A trial without clients.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a client. The first is client 0.
    pub fn client(mut self, client: impl Future<Output = ()> + 't) -> Self {
        self.clients.push(Box::pin(client));
        self
    }

    /// Sets what is asked when all clients have ended: `Err` says why the trial failed.
    pub fn finally(mut self, check: impl Future<Output = Result<(), String>> + 't) -> Self {
        self.last = Some(Box::pin(check));
        self
    }

    /// Runs it under `schedule`, on the runtime of the caller.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn under(self, schedule: &Schedule) -> Result<(), String> {
        self.run(&mut Chooser::planned(schedule.clone())).await
    }

    /// Runs it. `Err` says why it failed.
    pub(super) async fn run(self, chooser: &mut Chooser) -> Result<(), String> {
        let (ended, _) = interleave(self.clients, chooser).await;
        match (ended, self.last) {
            (Ended::All, None) => Ok(()),
            (Ended::All, Some(check)) => check.await,
            (ended, _) => Err(ended.to_string()),
        }
    }
}

impl fmt::Debug for Trial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trial")
            .field("clients", &self.clients.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all clients ended"),
            Self::Panicked { client, message } => write!(f, "client {client} panicked: {message}"),
            Self::Stuck { clients } => {
                let clients: Vec<String> = clients.iter().map(ToString::to_string).collect();
                write!(
                    f,
                    "waits for what never comes: client {}",
                    clients.join(", client ")
                )
            }
        }
    }
}
