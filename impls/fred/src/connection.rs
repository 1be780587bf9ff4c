//! One connection of fred, kept as long as somebody holds it.
//!
//! fred's background task holds the client that it serves, so that dropping every handle alone would leave task and
//! socket behind for good. `quit` would not do: it waits for a server that may be away, and under the option to fail
//! fast it is refused, since it first marks the client as disconnecting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use contrait::cache::{CacheError, Closing};
use contrait_redis_parts as parts;
use fred::clients::{Client, WithOptions};
use fred::error::{Error, ErrorKind};
use fred::interfaces::{ClientLike, ClusterInterface};
use fred::types::ConnectHandle;
use fred::types::config::Options;
use fred::util::redis_keyslot;

/// How often a command is sent on, at most: an owner that changes as often is none.
const REDIRECTIONS: usize = 5;

/// A client for one of the servers.
pub(crate) type Node = WithOptions<Client>;

/// A connected client, with the options for each of its commands, and the task behind it.
pub(crate) struct Connection {
    pub(crate) client: WithOptions<Client>,
    pub(crate) task: ConnectHandle,
    /// How many commands were answered, by whatever.
    answers: AtomicU64,
    /// Whether a cluster is being asked for its slots.
    asking: Arc<AtomicBool>,
    closing: Closing,
}

impl Connection {
    pub(crate) fn new(client: WithOptions<Client>, task: ConnectHandle) -> Self {
        Self {
            client,
            task,
            answers: AtomicU64::new(0),
            asking: Arc::default(),
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

    /// Sends `command` and waits for the answer. It has its effect at most once: only what a node of a cluster has
    /// refused, since the slot is elsewhere, is sent again.
    pub(crate) async fn ask<T, F: Future<Output = Result<T, Error>>>(
        &self,
        command: impl Fn() -> F,
    ) -> Result<T, Error> {
        let mut answer = self.judged(command()).await;
        for _ in 0..REDIRECTIONS {
            match &answer {
                Err(error) if is_redirection(error) => answer = self.judged(command()).await,
                _ => break,
            }
        }
        answer
    }

    /// Waits for the answer of `command`. Where nobody had one for as long as one may take, the connection is taken for
    /// dead, and is made anew: it may have died without a word, as behind a router that forgot it, and the system goes on
    /// sending for a quarter of an hour. fred's own watch looks at the last request, and sleeps while there are new ones.
    async fn judged<T>(&self, command: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let before = self.answers.load(Ordering::Relaxed);
        let answer = command.await;
        let timed_out = matches!(&answer, Err(error) if *error.kind() == ErrorKind::Timeout);
        if !timed_out {
            self.answers.fetch_add(1, Ordering::Relaxed);
        } else if self.client.is_clustered() {
            self.ask_who_has_which_slot();
        } else if self.is_first_after(before) {
            let client = self.client.clone();
            // Whoever has waited in vain does not wait for this as well. Failing it is tried again, as ever.
            tokio::spawn(async move { drop(client.force_reconnection().await) });
        }
        answer
    }

    /// The servers whose keys together are those of the store, each as a client of it alone.
    pub(crate) async fn nodes(&self) -> Result<Vec<Node>, Error> {
        if !self.client.is_clustered() {
            return Ok(vec![self.client.clone()]);
        }
        sync(&self.client).await?;
        let state = self.client.cached_cluster_state();
        let masters = state.map_or_else(Vec::new, |state| state.unique_primary_nodes());
        let node = |server| {
            let options = Options {
                cluster_node: Some(server),
                ..self.client.options().clone()
            };
            Client::with_options(&self.client, &options)
        };
        Ok(masters.into_iter().map(node).collect())
    }

    /// Which of `keys` can be in one command, so that the batch is as few as possible.
    pub(crate) fn parts(&self, keys: &[String]) -> Vec<parts::Part> {
        match self.client.is_clustered() {
            true => parts::parts(keys, |key| redis_keyslot(key.as_bytes())),
            false => parts::whole(keys.len()),
        }
    }

    /// A node that is silent says of no other that it has taken its place, and fred goes on asking it.
    fn ask_who_has_which_slot(&self) {
        if self.asking.swap(true, Ordering::AcqRel) {
            return;
        }
        let (client, asking) = (self.client.clone(), Arc::clone(&self.asking));
        tokio::spawn(async move {
            drop(sync(&client).await);
            asking.store(false, Ordering::Release);
        });
    }

    /// Whether there was no answer since; true for one alone of those who ask.
    fn is_first_after(&self, before: u64) -> bool {
        let (answers, order) = (&self.answers, Ordering::Relaxed);
        answers
            .compare_exchange(before, before + 1, order, order)
            .is_ok()
    }
}

/// Has the client learn who has which slot now. By itself fred would try until it succeeds.
async fn sync(client: &WithOptions<Client>) -> Result<(), Error> {
    let late = || {
        Error::new(
            ErrorKind::Timeout,
            "The cluster does not say who has which slot.",
        )
    };
    let limit = client.options().timeout.unwrap_or_default();
    let synced = tokio::time::timeout(limit, client.sync_cluster()).await;
    synced.unwrap_or_else(|_| Err(late()))
}

/// Whether a node has refused a command, since its slot is elsewhere. fred is told to follow no redirection: it counts
/// one as an attempt, and a second attempt is what it also makes after a lost reply. By the time it says this it has
/// asked who has which slot.
fn is_redirection(error: &Error) -> bool {
    *error.kind() == ErrorKind::Routing && error.details() == "Too many redirections."
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}
