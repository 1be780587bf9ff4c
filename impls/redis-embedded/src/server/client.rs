//! What the server knows about a connection.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::command::Command;
use crate::control::Ordeal;
use crate::db::Key;
use crate::protocol::Reply;

/// A connection's state. The connection's task owns the socket; this is in the server's state, so
/// that other connections can send to it, unblock it and close it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) id: u64,
    pub(crate) addr: String,
    pub(crate) local: String,
    pub(crate) name: Vec<u8>,
    pub(crate) db: usize,
    /// The user it acts as; none before it has authenticated.
    pub(crate) user: Option<String>,
    /// Whether it speaks RESP3.
    pub(crate) resp3: bool,
    /// What is to be sent.
    pub(crate) out: Reply,
    /// What others sent to it while it runs a command: this goes behind the command's reply.
    pub(crate) pushes: Vec<u8>,
    /// Wakes the connection's task.
    pub(crate) wake: Arc<Notify>,
    pub(crate) multi: Option<Transaction>,
    /// Whether it has ever watched a key or begun a transaction, which CLIENT LIST of Valkey shows.
    pub(crate) had_multi: bool,
    pub(crate) watched: Vec<(usize, Key)>,
    /// Whether a watched key has changed.
    pub(crate) dirty: bool,
    pub(crate) blocked: Option<Box<Blocked>>,
    pub(crate) channels: BTreeSet<Vec<u8>>,
    pub(crate) patterns: BTreeSet<Vec<u8>>,
    pub(crate) shards: BTreeSet<Vec<u8>>,
    pub(crate) tracking: Option<Box<Tracking>>,
    pub(crate) replies: Replies,
    pub(crate) ending: Ending,
    /// Unix milliseconds.
    pub(crate) created: i64,
    pub(crate) active: i64,
    pub(crate) last_command: &'static str,
    /// The name and version that `CLIENT SETINFO` tells.
    pub(crate) library: (Vec<u8>, Vec<u8>),
    pub(crate) no_evict: bool,
    pub(crate) monitor: bool,
    /// When its next command may run, in Unix milliseconds.
    pub(crate) stalled: Option<i64>,
    pub(crate) asking: bool,
    /// What a fault has still to do to it.
    pub(crate) ordeal: Option<Box<Ordeal>>,
    /// Whether a script runs its commands now.
    pub(crate) in_script: bool,
    /// Whether a command of a transaction is running.
    pub(crate) in_exec: bool,
}

/// The commands queued since MULTI.
#[derive(Debug, Default)]
pub(crate) struct Transaction {
    pub(crate) queue: Vec<(&'static Command, Vec<Vec<u8>>)>,
    /// Whether one could not be queued, so that EXEC must fail.
    pub(crate) aborted: bool,
}

/// A command that waits.
#[derive(Debug)]
pub(crate) struct Blocked {
    pub(crate) command: &'static Command,
    pub(crate) args: Vec<Vec<u8>>,
    pub(crate) db: usize,
    pub(crate) keys: Vec<Vec<u8>>,
    /// Unix milliseconds; none waits forever.
    pub(crate) deadline: Option<i64>,
    pub(crate) otherwise: Otherwise,
}

/// What a blocked command answers when its time is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Otherwise {
    NullArray,
    Zero,
    /// Two of them.
    Zeros,
    Ok,
    /// The command was postponed, and runs now.
    Run,
}

/// Whether replies are sent, as CLIENT REPLY sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replies {
    On,
    Off,
    /// The reply to CLIENT REPLY SKIP itself is not sent either.
    SkipNext,
    Skip,
}

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    No,
    /// After what is to be sent has been sent.
    AfterReply,
    Now,
    /// It stays open, and nothing is read or sent any more.
    HalfOpen,
}

/// Client-side caching, as CLIENT TRACKING sets it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tracking {
    pub(crate) redirect: u64,
    pub(crate) broadcast: bool,
    pub(crate) prefixes: Vec<Vec<u8>>,
    pub(crate) opt_in: bool,
    pub(crate) opt_out: bool,
    pub(crate) no_loop: bool,
    /// What CLIENT CACHING said about the next command.
    pub(crate) caching: Option<bool>,
}

impl Client {
    pub(crate) fn new(id: u64, addr: String, local: String, now: i64) -> Client {
        Client {
            id,
            addr,
            local,
            name: Vec::new(),
            db: 0,
            user: None,
            resp3: false,
            out: Reply::default(),
            pushes: Vec::new(),
            wake: Arc::new(Notify::new()),
            multi: None,
            had_multi: false,
            watched: Vec::new(),
            dirty: false,
            blocked: None,
            channels: BTreeSet::new(),
            patterns: BTreeSet::new(),
            shards: BTreeSet::new(),
            tracking: None,
            replies: Replies::On,
            ending: Ending::No,
            created: now,
            active: now,
            last_command: "NULL",
            library: Default::default(),
            no_evict: false,
            monitor: false,
            stalled: None,
            asking: false,
            ordeal: None,
            in_script: false,
            in_exec: false,
        }
    }

    /// Ends the connection with an error.
    pub(crate) fn refuse(&mut self, error: &str) {
        self.out.error(error.as_bytes());
        self.ending = Ending::AfterReply;
    }

    /// How many channels and patterns it is subscribed to.
    pub(crate) fn subscriptions(&self) -> usize {
        self.channels.len() + self.patterns.len()
    }

    /// Whether it may only run the commands of pub/sub.
    pub(crate) fn in_subscriber_mode(&self) -> bool {
        !self.resp3 && (self.subscriptions() > 0 || !self.shards.is_empty())
    }
}
