//! What a test does to the server: faults, direct reads and writes, dumps, restarts, and a log.
//!
//! A test acts under the same lock as the commands, so what it does happens between two of them.

mod direct;
mod dump;
mod faults;
mod inject;
mod lifecycle;
mod log;
mod reply;
mod rule;

pub use direct::Database;
pub use faults::{Fault, FaultGuard, Faults, Matching};
pub(crate) use inject::{Ordeal, run, settle};
pub use log::{Log, LogEntry};
pub use reply::Reply;

use crate::server::Server;
use log::Records;
use rule::Rules;

/// The part of a server's state that belongs to the test, and survives a restart.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) rules: Rules,
    pub(crate) log: Records,
    pub(crate) dump_on_failure: bool,
}

impl Control {
    pub(crate) fn new(seed: u64, log: usize) -> Control {
        Control {
            rules: Rules::new(seed),
            log: Records::new(log),
            dump_on_failure: false,
        }
    }
}

impl Server {
    /// What is to go wrong.
    #[must_use]
    pub fn faults(&self) -> Faults {
        Faults::new(self.shared())
    }

    /// What clients have sent.
    #[must_use]
    pub fn log(&self) -> Log {
        Log::new(self.shared())
    }
}
