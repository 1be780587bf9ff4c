//! One connection of fred, kept as long as somebody holds it.
//!
//! fred's background task holds the client that it serves, so that dropping every handle alone would leave task and
//! socket behind for good. `quit` would not do: it waits for a server that may be away, and under the option to fail
//! fast it is refused, since it first marks the client as disconnecting.

use std::sync::atomic::{AtomicU64, Ordering};

use contrait::cache::{CacheError, Closing};
use fred::clients::{Client, WithOptions};
use fred::error::{Error, ErrorKind};
use fred::interfaces::ClientLike;
use fred::types::ConnectHandle;

/// A connected client, with the options for each of its commands, and the task behind it.
pub(crate) struct Connection {
    pub(crate) client: WithOptions<Client>,
    pub(crate) task: ConnectHandle,
    /// How many commands were answered, by whatever.
    answers: AtomicU64,
    closing: Closing,
}

impl Connection {
    pub(crate) fn new(client: WithOptions<Client>, task: ConnectHandle) -> Self {
        Self {
            client,
            task,
            answers: AtomicU64::new(0),
            closing: Closing::default(),
        }
    }

    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    /// Ends the connection, with the commands that are on their way.
    pub(crate) fn close(&self) {
        self.closing.close();
        self.task.abort();
    }

    /// Waits for the answer of `command`. Where nobody had one for as long as one may take, the connection is taken for
    /// dead, and is made anew: it may have died without a word, as behind a router that forgot it, and the system goes on
    /// sending for a quarter of an hour. fred's own watch looks at the last request, and sleeps while there are new ones.
    pub(crate) async fn ask<T>(
        &self,
        command: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let before = self.answers.load(Ordering::Relaxed);
        let answer = command.await;
        let timed_out = matches!(&answer, Err(error) if *error.kind() == ErrorKind::Timeout);
        if !timed_out {
            self.answers.fetch_add(1, Ordering::Relaxed);
        } else if self.is_first_after(before) {
            let client = self.client.clone();
            // Whoever has waited in vain does not wait for this as well. Failing it is tried again, as ever.
            tokio::spawn(async move { drop(client.force_reconnection().await) });
        }
        answer
    }

    /// Whether there was no answer since; true for one alone of those who ask.
    fn is_first_after(&self, before: u64) -> bool {
        let (answers, order) = (&self.answers, Ordering::Relaxed);
        answers
            .compare_exchange(before, before + 1, order, order)
            .is_ok()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}
