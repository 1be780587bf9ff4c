//! The log of operations: every call that a case made, with arguments, outcome and duration.
//!
//! Arguments are written down before the call, since it may consume them. Most cases pass, so what is only put together
//! for a reader is put together when there is one.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::clock::Clock;
use super::hidden::Hidden;
use super::show::Shown;
use crate::report::Operation;

/// A case that runs for long keeps its latest operations only: those before the failure are what a reader needs.
const KEPT: usize = 256;

/// The log of one handle of a case; all handles of a case write into one list.
#[derive(Clone)]
pub struct Log {
    /// Nothing where nobody reads: then nothing is written down either.
    operations: Option<Hidden<Operations>>,
    handle: &'static str,
}

struct Operations {
    clock: Clock,
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    /// The operation number `n` stands at `n % KEPT`.
    kept: Vec<Row>,
    begun: usize,
}

struct Row {
    at: Duration,
    handle: &'static str,
    call: String,
    outcome: Option<String>,
    took: Duration,
}

impl Log {
    pub(crate) fn new(clock: Clock) -> Self {
        let rows = Mutex::default();
        Self {
            operations: Some(Hidden::new(Operations { clock, rows })),
            handle: "",
        }
    }

    /// A log that nobody reads, for a subject that no case was handed.
    pub fn detached() -> Self {
        Self {
            operations: None,
            handle: "",
        }
    }

    /// The same log, for another handle.
    pub(crate) fn of_handle(&self, handle: &'static str) -> Self {
        Self {
            handle,
            ..self.clone()
        }
    }

    /// Notes that `method` is called with `arguments`.
    pub fn call(&self, method: &'static str, arguments: &[Shown<'_>]) -> Call {
        let Some(operations) = &self.operations else {
            return Call { open: None };
        };
        let row = Row {
            at: operations.clock.now(),
            handle: self.handle,
            call: call_text(method, arguments),
            outcome: None,
            took: Duration::ZERO,
        };
        Call {
            open: Some(Open {
                number: operations.rows().push(row),
                operations: operations.clone(),
                began: Instant::now(),
            }),
        }
    }

    /// All that is kept, oldest first, and how many older ones are not.
    pub(crate) fn snapshot(&self) -> (Vec<Operation>, usize) {
        let Some(operations) = &self.operations else {
            return (Vec::new(), 0);
        };
        let rows = operations.rows();
        let dropped = rows.begun - rows.kept.len();
        let kept = (dropped..rows.begun).map(|number| rows.kept[number % KEPT].operation());
        (kept.collect(), dropped)
    }
}

impl Operations {
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    /// Adds an operation, in the place of the oldest one where there are enough, and tells its number.
    fn push(&mut self, row: Row) -> usize {
        let number = self.begun;
        self.begun += 1;
        match self.kept.get_mut(number % KEPT) {
            Some(oldest) => *oldest = row,
            None => self.kept.push(row),
        }
        number
    }

    /// The operation of that number, if it is still kept.
    fn get_mut(&mut self, number: usize) -> Option<&mut Row> {
        let is_kept = self.begun - number <= KEPT;
        self.kept.get_mut(number % KEPT).filter(|_| is_kept)
    }
}

impl Row {
    fn operation(&self) -> Operation {
        Operation {
            at: self.at,
            handle: self.handle.to_owned(),
            call: self.call.clone(),
            outcome: self.outcome.clone(),
            took: self.took,
        }
    }
}

fn call_text(method: &str, arguments: &[Shown<'_>]) -> String {
    let mut text = String::with_capacity(64);
    text.push_str(method);
    text.push('(');
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        argument.append_to(&mut text);
    }
    text.push(')');
    text
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

/// A call that has begun. Dropped before it returned, it says so in the log.
pub struct Call {
    /// Nothing once it has ended, and where nobody reads.
    open: Option<Open>,
}

struct Open {
    operations: Hidden<Operations>,
    number: usize,
    began: Instant,
}

impl Call {
    /// Notes what the call returned.
    pub fn returned(mut self, outcome: &Shown<'_>) {
        if let Some(open) = self.open.take() {
            open.end(outcome.text());
        }
    }
}

impl Open {
    fn end(self, outcome: String) {
        let took = self.began.elapsed();
        if let Some(row) = self.operations.rows().get_mut(self.number) {
            row.outcome = Some(outcome);
            row.took = took;
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(open) = self.open.take() {
            let outcome = if std::thread::panicking() {
                "panicked"
            } else {
                "dropped before it returned"
            };
            open.end(outcome.to_owned());
        }
    }
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
