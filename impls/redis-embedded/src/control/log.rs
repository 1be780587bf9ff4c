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
/// What an entry that is used again may keep allocated.
const KEPT: usize = 512;

/// A request in a compact form.
#[derive(Debug, Default)]
struct Record {
    connection: u64,
    db: usize,
    /// Unix microseconds.
    at: i64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// How many arguments there were.
    count: usize,
}

/// The last requests.
#[derive(Debug)]
pub(crate) struct Records {
    records: VecDeque<Record>,
    limit: usize,
    /// How many there have been.
    total: u64,
}

impl Records {
    pub(crate) fn new(limit: usize) -> Records {
        Records {
            records: VecDeque::new(),
            limit,
            total: 0,
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.limit > 0
    }

    /// Notes a request that has arrived.
    pub(crate) fn note(&mut self, client: &Client, args: &[&[u8]], micros: i64) {
        let mut record = if self.records.len() >= self.limit {
            self.records.pop_front().unwrap_or_default()
        } else {
            Record::default()
        };
        record.bytes.clear();
        record.bytes.shrink_to(KEPT);
        record.ends.clear();
        record.connection = client.id;
        record.db = client.db;
        record.at = micros;
        record.count = args.len();
        let secret = secret_from(args);
        for (index, arg) in args.iter().take(ARGUMENTS).enumerate() {
            let room = BYTES.saturating_sub(record.bytes.len());
            let shown: &[u8] = if index >= secret { b"(hidden)" } else { arg };
            record
                .bytes
                .extend_from_slice(&shown[..shown.len().min(room)]);
            record.ends.push(record.bytes.len());
        }
        self.total += 1;
        self.records.push_back(record);
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
    fn entry(&self) -> LogEntry {
        let mut start = 0;
        let mut words = self.ends.iter().map(|end| {
            let word = self.bytes[start..*end].to_vec();
            start = *end;
            word
        });
        let command = words.next().unwrap_or_default();
        let at = Duration::from_micros(u64::try_from(self.at).unwrap_or_default());
        LogEntry {
            connection: self.connection,
            db: self.db,
            command: String::from_utf8_lossy(&command).to_uppercase(),
            args: words.collect(),
            at: UNIX_EPOCH + at,
            whole: self.count == self.ends.len() && self.bytes.len() < BYTES,
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
        let state = self.shared.lock();
        state
            .control
            .log
            .records
            .iter()
            .map(Record::entry)
            .collect()
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
        self.shared.lock().control.log.records.clear();
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}
