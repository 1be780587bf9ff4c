//! The command log: what clients have sent, for a test that wants to know or that has failed.
//!
//! It is bounded in entries and in bytes of an entry, and the memory of old entries is used again,
//! so that it costs little enough to be always on.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::reply::quoted;
use crate::server::client::Client;
use crate::server::shared::Shared;

/// The bytes of arguments that an entry keeps, and the most arguments.
const BYTES: usize = 4096;
const ARGUMENTS: usize = 128;
/// A request in a compact form; its arguments are in the deques of [`Records`].
#[derive(Debug)]
struct Record {
    connection: u64,
    db: usize,
    /// Unix microseconds.
    at: i64,
    /// How many arguments there were, and how many of them and of their bytes are kept.
    count: usize,
    kept: usize,
    bytes: usize,
}

/// The last requests. Their parts are in one deque each, so that noting one writes to memory in sequence.
#[derive(Debug)]
pub(crate) struct Records {
    records: VecDeque<Record>,
    /// The lengths of the arguments of all records.
    lengths: VecDeque<usize>,
    /// The bytes of the arguments of all records.
    bytes: VecDeque<u8>,
    limit: usize,
    /// How many there have been.
    total: u64,
}

impl Records {
    pub(crate) fn new(limit: usize) -> Records {
        Records {
            records: VecDeque::new(),
            lengths: VecDeque::new(),
            bytes: VecDeque::new(),
            limit,
            total: 0,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.limit > 0
    }

    /// Notes a request that has arrived.
    pub(crate) fn note(&mut self, client: &Client, args: &[&[u8]], micros: i64) {
        if self.records.len() >= self.limit
            && let Some(oldest) = self.records.pop_front()
        {
            self.lengths.drain(..oldest.kept);
            self.bytes.drain(..oldest.bytes);
        }
        let before = self.bytes.len();
        let secret = secret_from(args);
        for (index, arg) in args.iter().take(ARGUMENTS).enumerate() {
            let room = BYTES - (self.bytes.len() - before);
            let shown: &[u8] = if index >= secret { b"(hidden)" } else { arg };
            let shown = &shown[..shown.len().min(room)];
            self.bytes.extend(shown);
            self.lengths.push_back(shown.len());
        }
        self.total += 1;
        self.records.push_back(Record {
            connection: client.id,
            db: client.db,
            at: micros,
            count: args.len(),
            kept: args.len().min(ARGUMENTS),
            bytes: self.bytes.len() - before,
        });
    }

    fn clear(&mut self) {
        *self = Records {
            total: self.total,
            ..Records::new(self.limit)
        };
    }

    fn entries(&self) -> Vec<LogEntry> {
        let (mut lengths, mut bytes) = (self.lengths.iter(), self.bytes.iter().copied());
        let mut word = || -> Vec<u8> {
            let length = lengths.next().copied().unwrap_or_default();
            bytes.by_ref().take(length).collect()
        };
        let records = self.records.iter();
        records
            .map(|record| record.entry((0..record.kept).map(|_| word()).collect()))
            .collect()
    }
}

/// The first argument that a log must not show, since logs end up where passwords should not.
fn secret_from(args: &[&[u8]]) -> usize {
    match args[0].len() {
        4 if args[0].eq_ignore_ascii_case(b"auth") => 1,
        5 if args[0].eq_ignore_ascii_case(b"hello") => args
            .iter()
            .position(|arg| arg.eq_ignore_ascii_case(b"auth"))
            .map_or(usize::MAX, |at| at + 1),
        _ => usize::MAX,
    }
}

impl Record {
    fn entry(&self, mut words: Vec<Vec<u8>>) -> LogEntry {
        let command = words.remove(0);
        let at = Duration::from_micros(u64::try_from(self.at).unwrap_or_default());
        LogEntry {
            connection: self.connection,
            db: self.db,
            command: String::from_utf8_lossy(&command).to_uppercase(),
            args: words,
            at: UNIX_EPOCH + at,
            whole: self.count == self.kept && self.bytes < BYTES,
        }
    }
}

/// A request that has arrived at the server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogEntry {
    /// The connection's number, as `CLIENT ID` gives it.
    pub connection: u64,
    /// The database that the connection had selected.
    pub db: usize,
    /// The command's name in upper case; a subcommand is the first argument.
    pub command: String,
    /// The arguments behind the name.
    pub args: Vec<Vec<u8>>,
    /// When it arrived, by the server's clock.
    pub at: SystemTime,
    /// Whether all arguments are there: of 4 KiB and 128 arguments the rest is left out.
    pub whole: bool,
}

/// As one would type it into `redis-cli`.
impl fmt::Display for LogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.command)?;
        for arg in &self.args {
            let plain = !arg.is_empty() && arg.iter().all(u8::is_ascii_graphic);
            if plain && !arg.contains(&b'"') {
                write!(f, " {}", String::from_utf8_lossy(arg))?;
            } else {
                write!(f, " {}", quoted(arg))?;
            }
        }
        f.write_str(if self.whole { "" } else { " …" })
    }
}

/// The last requests of all connections, a thousand unless [`Builder::log`](crate::Builder::log)
/// says otherwise. What a test does itself by [`Server::command`](crate::Server::command) is not
/// among them, and passwords are hidden.
#[derive(Clone)]
pub struct Log {
    shared: Arc<Shared>,
}

impl Log {
    pub(crate) fn new(shared: Arc<Shared>) -> Log {
        Log { shared }
    }

    /// The entries, the oldest first.
    #[must_use]
    pub fn entries(&self) -> Vec<LogEntry> {
        self.shared.lock().control.log.entries()
    }

    /// The entries of a command, whatever the case of its name.
    #[must_use]
    pub fn of(&self, command: &str) -> Vec<LogEntry> {
        let mut entries = self.entries();
        entries.retain(|entry| entry.command.eq_ignore_ascii_case(command));
        entries
    }

    /// The entries as lines such as `SET key value`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.entries().iter().map(LogEntry::to_string).collect()
    }

    /// How many requests there have been since the start, be they still here or not.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.shared.lock().control.log.total
    }

    /// Forgets the entries.
    pub fn clear(&self) {
        self.shared.lock().control.log.clear();
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}
