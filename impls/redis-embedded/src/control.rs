//! What a test does to a server: faults, direct reads and writes, restarts, and a look at what was
//! sent.

use std::time::Duration;

use crate::command;
use crate::db::{Str, Value, glob};
use crate::server::client::{Client, Ending};
use crate::server::state::State;
use crate::{Clock, Server};

/// Something that goes wrong when a command is sent; [`Server::inject`] makes it so.
///
/// ```
/// # use redis_embedded::Fault;
/// let once = Fault::on("GET").argument("user:*").error("LOADING Redis is loading").times(1);
/// ```
#[derive(Debug, Clone)]
pub struct Fault {
    command: Vec<u8>,
    argument: Option<Vec<u8>>,
    effect: Effect,
    skip: u64,
    times: u64,
    rate: f64,
}

/// What a fault does.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    Error(String),
    Delay(Duration),
    Drop,
    HalfOpen,
}

impl Fault {
    /// A fault of commands whose name matches a glob pattern, in any case; `*` is all of them.
    /// Until told otherwise, it drops the connection, every time.
    #[must_use]
    pub fn on(command: &str) -> Fault {
        Fault {
            command: command.as_bytes().to_ascii_lowercase(),
            argument: None,
            effect: Effect::Drop,
            skip: 0,
            times: u64::MAX,
            rate: 1.0,
        }
    }

    /// Only if one of the arguments matches this glob pattern.
    #[must_use]
    pub fn argument(mut self, pattern: impl AsRef<[u8]>) -> Fault {
        self.argument = Some(pattern.as_ref().to_vec());
        self
    }

    /// Answers with this error, with its code first, and does not run the command.
    #[must_use]
    pub fn error(mut self, text: impl Into<String>) -> Fault {
        self.effect = Effect::Error(text.into());
        self
    }

    /// Runs the command so much later, by the server's clock.
    #[must_use]
    pub fn delay(mut self, by: Duration) -> Fault {
        self.effect = Effect::Delay(by);
        self
    }

    /// Closes the connection instead of running the command.
    #[must_use]
    pub fn drop_connection(mut self) -> Fault {
        self.effect = Effect::Drop;
        self
    }

    /// Leaves the connection open and never answers again, as when the network is gone.
    #[must_use]
    pub fn half_open(mut self) -> Fault {
        self.effect = Effect::HalfOpen;
        self
    }

    /// Lets so many matching commands pass before the first that fails.
    #[must_use]
    pub fn after(mut self, commands: u64) -> Fault {
        self.skip = commands;
        self
    }

    /// Only happens so many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Fault {
        self.times = times;
        self
    }

    /// Only happens to this share of the commands, from 0 to 1, chosen by the server's seed.
    #[must_use]
    pub fn rate(mut self, rate: f64) -> Fault {
        self.rate = rate;
        self
    }

    fn matches(&self, args: &[&[u8]]) -> bool {
        glob::matches_nocase(&self.command, args[0])
            && self
                .argument
                .as_ref()
                .is_none_or(|pattern| args[1..].iter().any(|arg| glob::matches(pattern, arg)))
    }
}

/// What of a test's wishes is looked at for every command.
#[derive(Debug, Default)]
pub(crate) struct Control {
    faults: Vec<Fault>,
    log: Option<Vec<Vec<Vec<u8>>>>,
}

impl Control {
    /// Whether there is nothing to look at.
    pub(crate) fn is_idle(&self) -> bool {
        self.faults.is_empty() && self.log.is_none()
    }
}

impl State {
    /// Notes a command, and tells what goes wrong with it.
    pub(crate) fn strike(&mut self, args: &[&[u8]]) -> Option<Effect> {
        if let Some(log) = &mut self.control.log {
            log.push(args.iter().map(|arg| arg.to_vec()).collect());
        }
        for fault in &mut self.control.faults {
            if !fault.matches(args) || fault.times == 0 {
                continue;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            let chance = self.random.below(1 << 30) as f64 / f64::from(1 << 30);
            if chance >= fault.rate {
                continue;
            }
            fault.times -= 1;
            return Some(fault.effect.clone());
        }
        None
    }
}

/// What a restart leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restart {
    /// The keys, as if they had been saved.
    KeepData,
    /// Nothing.
    LoseData,
}

impl Server {
    /// Makes commands go wrong from now on.
    pub fn inject(&self, fault: Fault) {
        self.shared().lock().control.faults.push(fault);
    }

    /// Ends all faults. Connections that are half open are closed.
    pub fn clear_faults(&self) {
        let shared = self.shared();
        let mut state = shared.lock();
        state.control.faults.clear();
        for client in state
            .clients
            .values_mut()
            .filter(|client| client.ending == Ending::HalfOpen)
        {
            client.ending = Ending::Now;
            client.wake.notify_one();
        }
    }

    /// Closes all connections without another word, and goes on listening.
    pub fn drop_connections(&self) {
        self.shared().lock().close_all();
    }

    /// Closes all connections and forgets scripts, and the data if it is to be lost.
    pub fn restart(&self, restart: Restart) {
        let shared = self.shared();
        let mut state = shared.lock();
        state.close_all();
        if restart == Restart::LoseData {
            state.dbs.iter_mut().for_each(crate::db::Db::clear);
        }
        state.forget_scripts();
        state.started = state.now;
    }

    /// The string a key of a database holds, if it holds one.
    #[must_use]
    pub fn get(&self, db: usize, key: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        let shared = self.shared();
        let mut state = shared.lock();
        let value = state.dbs.get_mut(db)?.get::<Str>(key.as_ref()).ok()??;
        Some(value.bytes.clone())
    }

    /// Sets a key of a database to a string, without a time to live.
    ///
    /// # Panics
    ///
    /// When there is no such database.
    pub fn set(&self, db: usize, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        let shared = self.shared();
        let mut state = shared.lock();
        state.dbs[db].set(key.as_ref(), Value::Str(Str::new(value.as_ref())));
        state.touched(db, key.as_ref(), None);
        command::serve_ready(&mut state);
    }

    /// Runs a command on database 0, as the default user, and returns the reply as RESP2 has it.
    /// A command that would wait is answered as in a transaction.
    pub fn run<A: AsRef<[u8]>>(&self, args: &[A]) -> Vec<u8> {
        let args: Vec<&[u8]> = args.iter().map(AsRef::as_ref).collect();
        let shared = self.shared();
        let mut state = shared.lock();
        let mut client = Client::new(0, "test:0".into(), "test:0".into(), state.now);
        client.user = Some("default".into());
        if !args.is_empty() {
            command::run_inside(&mut state, &mut client, &args);
            command::serve_ready(&mut state);
        }
        if state.take_rearm() {
            shared.timer.notify_one();
        }
        client.out.bytes
    }

    /// Notes the commands that are sent from now on.
    pub fn record(&self) {
        self.shared().lock().control.log = Some(Vec::new());
    }

    /// The commands that were sent since [`record`](Server::record) was called, each with its
    /// arguments, in the order in which they arrived.
    #[must_use]
    pub fn recorded(&self) -> Vec<Vec<Vec<u8>>> {
        self.shared().lock().control.log.clone().unwrap_or_default()
    }

    /// All that is held, as text for the report of a test that has failed: a line a key, in the
    /// order of the keys.
    #[must_use]
    pub fn dump(&self) -> String {
        let shared = self.shared();
        let state = shared.lock();
        let mut text = String::new();
        for (index, db) in state.dbs.iter().enumerate() {
            let mut lines: Vec<String> = db
                .iter()
                .map(|(key, entry)| line(index, key, entry, state.now))
                .collect();
            lines.sort();
            text.extend(lines);
        }
        text
    }

    /// A clone of the clock's handle.
    #[must_use]
    pub fn clock_handle(&self) -> Clock {
        self.clock().clone()
    }
}

fn line(db: usize, key: &[u8], entry: &crate::db::Entry, now: i64) -> String {
    let show = |bytes: &[u8]| format!("\"{}\"", bytes.escape_ascii());
    let value = match &entry.value {
        Value::Str(text) => show(&text.bytes),
        Value::List(list) => list
            .items
            .iter()
            .map(|item| show(item))
            .collect::<Vec<_>>()
            .join(" "),
        Value::Set(set) => {
            let mut members: Vec<String> = set.iter().map(|member| show(&member)).collect();
            members.sort();
            members.join(" ")
        }
        Value::Hash(hash) => {
            let fields = hash
                .fields
                .iter()
                .map(|(field, value)| format!("{}={}", show(field), show(value)));
            fields.collect::<Vec<_>>().join(" ")
        }
        Value::SortedSet(set) => {
            let members = set
                .iter()
                .map(|(member, score)| format!("{}={score}", show(member)));
            members.collect::<Vec<_>>().join(" ")
        }
        Value::Stream(stream) => {
            let entries = stream.entries.iter().map(|(id, fields)| {
                let fields: Vec<String> = fields.iter().map(|field| show(field)).collect();
                format!("{id}[{}]", fields.join(" "))
            });
            entries.collect::<Vec<_>>().join(" ")
        }
    };
    let ttl = entry
        .expires
        .map(|at| format!(" (expires in {} ms)", at - now))
        .unwrap_or_default();
    format!(
        "{db} {} {}{ttl}: {value}\n",
        show(key),
        entry.value.type_name()
    )
}
