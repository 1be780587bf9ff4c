//! The log of operations: every call that a case made, with arguments, outcome and duration.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::backend::ClockKind;
use super::clock::Clock;
use crate::report::Operation;

/// A case that runs for long keeps its latest operations only: those before the failure are what a reader needs.
const KEPT: usize = 256;

/// The log of one handle of a case; all handles of a case write into one list.
#[derive(Clone)]
pub struct Log {
    operations: Arc<Mutex<Operations>>,
    clock: Clock,
    handle: &'static str,
}

#[derive(Default)]
struct Operations {
    kept: VecDeque<Operation>,
    /// How many older ones were let go.
    dropped: usize,
}

impl Log {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            operations: Arc::default(),
            clock,
            handle: "",
        }
    }

    /// A log that nobody reads, for a subject that no case was handed.
    pub fn detached() -> Self {
        Self::new(Clock::new(ClockKind::Real))
    }

    /// The same log, for another handle.
    pub(crate) fn of_handle(&self, handle: &'static str) -> Self {
        Self {
            handle,
            ..self.clone()
        }
    }

    /// Notes that `method` is called with `arguments`, which are texts already.
    pub fn call(&self, method: &'static str, arguments: &[String]) -> Call {
        let operation = Operation {
            at: self.clock.now(),
            handle: self.handle.to_owned(),
            call: format!("{method}({})", arguments.join(", ")),
            outcome: None,
            took: Duration::ZERO,
        };
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if operations.kept.len() == KEPT {
            operations.kept.pop_front();
            operations.dropped += 1;
        }
        operations.kept.push_back(operation);
        let index = operations.dropped + operations.kept.len() - 1;
        Call {
            log: self.clone(),
            index,
            began: Instant::now(),
            ended: false,
        }
    }

    /// Lets go of all that is kept.
    #[cfg(feature = "check")]
    pub(super) fn clear(&self) {
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        operations.dropped += operations.kept.len();
        operations.kept.clear();
    }

    /// All that is kept, oldest first, and how many older ones are not.
    pub(crate) fn snapshot(&self) -> (Vec<Operation>, usize) {
        let operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        (
            operations.kept.iter().cloned().collect(),
            operations.dropped,
        )
    }

    fn end(&self, index: usize, outcome: String, took: Duration) {
        let mut operations = self
            .operations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let position = index.checked_sub(operations.dropped);
        if let Some(operation) = position.and_then(|position| operations.kept.get_mut(position)) {
            operation.outcome = Some(outcome);
            operation.took = took;
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

/// A call that has begun. Dropped before it returned, it says so in the log.
#[derive(Debug)]
pub struct Call {
    log: Log,
    index: usize,
    began: Instant,
    ended: bool,
}

impl Call {
    /// Notes what the call returned.
    pub fn returned(mut self, outcome: String) {
        self.end(outcome);
    }

    fn end(&mut self, outcome: String) {
        self.ended = true;
        self.log.end(self.index, outcome, self.began.elapsed());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if !self.ended {
            let outcome = if std::thread::panicking() {
                "panicked"
            } else {
                "dropped before it returned"
            };
            self.end(outcome.to_owned());
        }
    }
}
