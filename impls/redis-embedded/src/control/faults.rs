//! Faults as a test asks for them.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::reply::Reply;
use super::rule::{Effect, Rule};
use crate::server::shared::Shared;

/// The faults of a server: what is to go wrong, and when.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = redis_embedded::Server::start().await?;
/// server.faults().on("GET").with_args(|args| args[0] == b"slow").error("LOADING not yet").times(2);
/// # let client = redis::Client::open(server.url())?;
/// # let mut connection = client.get_multiplexed_async_connection().await?;
/// # use redis::AsyncCommands;
/// # assert!(connection.get::<_, Option<String>>("slow").await.is_err());
/// # assert!(connection.get::<_, Option<String>>("quick").await.is_ok());
/// # Ok(())
/// # }
/// ```
///
/// A fault meets requests as they arrive: a command in a transaction when it is queued, and not the
/// commands that a script calls. If several match a request, their delays add up, and the first one
/// that is more than a delay decides how it ends.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

impl Faults {
    pub(crate) fn new(shared: Arc<Shared>) -> Faults {
        Faults { shared }
    }

    /// Requests of this command. It may be a pattern such as `H*` or `*`, and name a subcommand as
    /// in `CLIENT LIST`; its case does not matter.
    ///
    /// It is what the client sends, which may not be what its method is called: the `incr` of
    /// redis-rs sends INCRBY or INCRBYFLOAT, and its `hset_multiple` HMSET. `on("INCR*")` meets all
    /// of them.
    pub fn on(&self, command: &str) -> Matching {
        let words: Vec<&str> = command.split_whitespace().collect();
        Matching {
            shared: self.shared.clone(),
            rule: Rule {
                id: 0,
                command: words.join("|").to_lowercase().into_bytes(),
                predicates: Vec::new(),
                keys: Vec::new(),
                db: None,
                client_name: None,
                skip: 0,
                times: None,
                rate: 1.0,
                effect: Effect::Disconnect,
                after: false,
                hits: 0,
            },
        }
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.shared.lock().control.rules.rules.clear();
    }

    /// Starts the random choice of faults with a [rate](Matching::rate) anew.
    pub fn seed(&self, seed: u64) {
        self.shared.lock().control.rules.reseed(seed);
    }
}

/// Which requests a fault is to meet. It is there from the call that says what is to happen.
#[must_use = "nothing happens before it is said what is to happen"]
#[derive(Clone)]
pub struct Matching {
    shared: Arc<Shared>,
    rule: Rule,
}

impl Matching {
    /// Only with arguments for which this returns true; the command's name is not one of them. It
    /// is called while the server stands still, so it must not call the server.
    pub fn with_args(
        mut self,
        matches: impl Fn(&[&[u8]]) -> bool + Send + Sync + 'static,
    ) -> Matching {
        self.rule.predicates.push(Arc::new(matches));
        self
    }

    /// Only with a key that matches this pattern, such as `session:*`.
    pub fn with_key(mut self, pattern: impl AsRef<[u8]>) -> Matching {
        self.rule.keys.push(pattern.as_ref().to_vec());
        self
    }

    /// Only in this database.
    pub fn in_db(mut self, db: usize) -> Matching {
        self.rule.db = Some(db);
        self
    }

    /// Only from connections that have given themselves this name.
    pub fn from_client(mut self, name: impl AsRef<[u8]>) -> Matching {
        self.rule.client_name = Some(name.as_ref().to_vec());
        self
    }

    /// Lets so many matching requests pass first.
    pub fn after(mut self, requests: u64) -> Matching {
        self.rule.skip = requests;
        self
    }

    /// Only so many times.
    pub fn times(mut self, times: u64) -> Matching {
        self.rule.times = Some(times);
        self
    }

    /// Only in this part of the cases, from 0 to 1, chosen at random from a seed.
    pub fn rate(mut self, rate: f64) -> Matching {
        self.rule.rate = rate;
        self
    }

    fn install(mut self, effect: Effect, after: bool) -> Fault {
        self.rule.effect = effect;
        self.rule.after = after;
        let id = self.shared.lock().control.rules.install(self.rule);
        Fault {
            shared: self.shared,
            id,
        }
    }

    /// The command does not run, and is answered with this error; it begins with its code, such as
    /// `LOADING` or `ERR`.
    pub fn error(self, text: &str) -> Fault {
        self.install(Effect::Reply(Reply::Error(text.into())), false)
    }

    /// The command runs, and is answered with an error all the same.
    pub fn error_after_effect(self, text: &str) -> Fault {
        self.install(Effect::Reply(Reply::Error(text.into())), true)
    }

    /// The command does not run, and is answered with this.
    pub fn reply(self, reply: impl Into<Reply>) -> Fault {
        self.install(Effect::Reply(reply.into()), false)
    }

    /// The command runs later, and so do those behind it on the connection. The time is that of the
    /// server's [clock](crate::Clock).
    pub fn delay(self, by: Duration) -> Fault {
        self.install(Effect::Delay(millis(by)), false)
    }

    /// The command runs, and its reply is sent later.
    pub fn delay_after_effect(self, by: Duration) -> Fault {
        self.install(Effect::Delay(millis(by)), true)
    }

    /// The connection is closed before the command runs. The replies to earlier ones are sent.
    pub fn disconnect(self) -> Fault {
        self.install(Effect::Disconnect, false)
    }

    /// The command runs, and the connection is closed instead of a reply.
    pub fn disconnect_after_effect(self) -> Fault {
        self.install(Effect::Disconnect, true)
    }

    /// The command runs, and the connection is closed in the middle of the reply.
    pub fn disconnect_within_reply(self) -> Fault {
        self.install(Effect::Cut, true)
    }

    /// The connection becomes half-open before the command runs: it is not closed, and nothing is
    /// read or sent any more.
    pub fn stall(self) -> Fault {
        self.install(Effect::Stall, false)
    }

    /// The command runs, and the connection becomes half-open instead of a reply.
    pub fn stall_after_effect(self) -> Fault {
        self.install(Effect::Stall, true)
    }
}

/// Milliseconds, rounded up so that a delay is never shorter than asked for.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros().div_ceil(1000)).unwrap_or(i64::MAX / 4)
}

/// A fault that is there. Dropping this does not remove it; dropping its [guard](Fault::guard) does.
#[derive(Clone)]
pub struct Fault {
    shared: Arc<Shared>,
    id: u64,
}

impl Fault {
    fn change(self, change: impl FnOnce(&mut Rule)) -> Fault {
        if let Some(rule) = self.shared.lock().control.rules.rule(self.id) {
            change(rule);
        }
        self
    }

    /// From now on only so many times.
    pub fn times(self, times: u64) -> Fault {
        self.change(|rule| rule.times = Some(times))
    }

    /// From now on only in this part of the cases, from 0 to 1.
    pub fn rate(self, rate: f64) -> Fault {
        self.change(|rule| rule.rate = rate)
    }

    /// Lets so many more matching requests pass first.
    pub fn after(self, requests: u64) -> Fault {
        self.change(|rule| rule.skip = requests)
    }

    /// How many requests it has met; none after it was removed.
    ///
    /// If it has met fewer than you expect, [`Server::log`](crate::Server::log) shows which commands
    /// have come: clients may send others than their methods are called, as [`Faults::on`] tells.
    #[must_use]
    pub fn hits(&self) -> u64 {
        let mut state = self.shared.lock();
        state
            .control
            .rules
            .rule(self.id)
            .map_or(0, |rule| rule.hits)
    }

    /// Waits until it has met so many requests since it was made.
    pub async fn reached(&self, hits: u64) {
        let met = self.shared.lock().control.rules.met.clone();
        loop {
            let told = met.notified();
            tokio::pin!(told);
            // From here on no hit is missed, also one between the look and the wait.
            told.as_mut().enable();
            if self.hits() >= hits {
                return;
            }
            told.await;
        }
    }

    /// Removes it. What it has done stays done: a connection that has stalled stays so.
    pub fn remove(&self) {
        let mut state = self.shared.lock();
        state.control.rules.rules.retain(|rule| rule.id != self.id);
    }

    /// Removes it when the guard is dropped.
    pub fn guard(self) -> FaultGuard {
        FaultGuard(self)
    }
}

/// Removes its fault when it is dropped.
#[must_use = "the fault is removed when this is dropped"]
pub struct FaultGuard(Fault);

impl Deref for FaultGuard {
    type Target = Fault;

    fn deref(&self) -> &Fault {
        &self.0
    }
}

impl Drop for FaultGuard {
    fn drop(&mut self) {
        self.0.remove();
    }
}

macro_rules! opaque {
    ($($name:ident),*) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    )*};
}

opaque!(Faults, Matching, Fault, FaultGuard);
