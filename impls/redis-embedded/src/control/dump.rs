//! All databases as text, for the eyes of whoever looks at a failed test.

use std::fmt::Write as _;

use super::direct::run_in;
use super::reply::{Reply, quoted};
use crate::server::Server;
use crate::server::state::State;

/// How many elements of a value are shown, and how many characters of one of them.
const ELEMENTS: usize = 50;
const WIDTH: usize = 200;

impl Server {
    /// What all databases hold, as text: a line a key, sorted, with its type, its time to live and
    /// its value; the elements of collections indented below. Long values are cut.
    #[must_use]
    pub fn dump(&self) -> String {
        let shared = self.shared();
        let mut state = shared.lock();
        // Looking must not count, though what is found expired has expired.
        let before = std::mem::take(&mut state.stats);
        let mut text = String::new();
        for index in 0..state.dbs.len() {
            dump_db(&mut state, index, &mut text);
        }
        let looking = std::mem::replace(&mut state.stats, before);
        state.stats.expired += looking.expired;
        state.stats.changes += looking.changes;
        if text.is_empty() {
            text.push_str("no keys\n");
        }
        text
    }

    /// Prints the [dump](Server::dump) and the end of the [log](Server::log) to standard error if
    /// the thread panics while the server is dropped, as it does when a test's assertion fails.
    pub fn dump_on_failure(&self) {
        self.shared().lock().control.dump_on_failure = true;
    }

    /// Called when the server is dropped.
    pub(crate) fn dump_if_failing(&self) {
        if !std::thread::panicking() || !self.shared().lock().control.dump_on_failure {
            return;
        }
        let lines = self.log().lines();
        let last = lines[lines.len().saturating_sub(20)..].join("\n  ");
        #[expect(
            clippy::print_stderr,
            reason = "a test harness shows this beside the failure"
        )]
        {
            eprintln!(
                "redis-embedded at {}:\n{}last commands:\n  {last}",
                self.addr(),
                self.dump()
            );
        }
    }
}

fn dump_db(state: &mut State, index: usize, text: &mut String) {
    let mut keys: Vec<_> = state.dbs[index].keys().cloned().collect();
    if keys.is_empty() {
        return;
    }
    keys.sort();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(text, "db{index}: {} keys", keys.len());
    for key in keys {
        let now = state.now;
        let Some(entry) = state.dbs[index].peek(&key) else {
            continue;
        };
        let kind = entry.value.type_name();
        let ttl = entry.expires.map(|at| (at - now) as f64 / 1000.0);
        let _ = write!(text, "  {} {kind}", cut(&quoted(&key)));
        if let Some(seconds) = ttl {
            let _ = write!(text, " for {seconds} s");
        }
        write_value(text, &value_of(state, index, kind, &key));
    }
}

/// A value, read by the commands of its type.
fn value_of(state: &mut State, db: usize, kind: &str, key: &[u8]) -> Reply {
    let args: &[&[u8]] = match kind {
        "string" => &[b"GET", key],
        "list" => &[b"LRANGE", key, b"0", b"-1"],
        "hash" => &[b"HGETALL", key],
        "set" => &[b"SMEMBERS", key],
        "zset" => &[b"ZRANGE", key, b"0", b"-1", b"WITHSCORES"],
        _ => &[b"XRANGE", key, b"-", b"+"],
    };
    run_in(state, db, args)
}

fn write_value(text: &mut String, value: &Reply) {
    let lines: Vec<String> = match value {
        Reply::Map(pairs) => pairs
            .iter()
            .map(|(field, value)| format!("{field}: {value}"))
            .collect(),
        Reply::Array(items) | Reply::Set(items) => items.iter().map(element).collect(),
        single => {
            let _ = writeln!(text, " = {}", cut(&single.to_string()));
            return;
        }
    };
    let _ = writeln!(text, " of {}", lines.len());
    for line in lines.iter().take(ELEMENTS) {
        let _ = writeln!(text, "    {}", cut(line));
    }
    if lines.len() > ELEMENTS {
        let _ = writeln!(text, "    … {} more", lines.len() - ELEMENTS);
    }
}

/// An element; a pair, such as a member and its score, as a name and a value.
fn element(item: &Reply) -> String {
    match item.as_list() {
        Some([name, value]) => format!("{name}: {value}"),
        _ => item.to_string(),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.into();
    }
    let start: String = text.chars().take(WIDTH).collect();
    format!("{start}… ({} bytes)", text.len())
}
