//! A thread for a run, which is left behind when it blocks for too long.
//!
//! Nothing else bounds the time of code that blocks. It is a new thread each time, started by that of the test: so it has
//! the test's name, what it prints is captured with the test, and no thread-local outlives a run. A run has parts, each
//! with a limit of its own; to wake the waiting thread costs more than most parts take, so it looks by itself every now
//! and then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::outcome::Returned;

/// How much later than its limit a part is given up: what only waits ends on the runtime in time, and is torn down.
const MARGIN: Duration = Duration::from_secs(1);
/// How often the waiting thread looks, and so how much later than that it may find a part that blocks.
const LOOK: Duration = Duration::from_secs(1);

/// Which part of a run its thread is in, as the thread says, and how it ended.
pub(crate) struct Parts {
    state: Mutex<State>,
    waiting: Thread,
}

struct State {
    part: Part,
    returned: Option<Returned>,
}

#[derive(Clone, Copy)]
struct Part {
    name: &'static str,
    limit: Duration,
    until: Instant,
}

impl Part {
    fn new(name: &'static str, limit: Duration) -> Self {
        Self {
            name,
            limit,
            until: Instant::now() + limit + MARGIN,
        }
    }
}

impl Parts {
    /// Parts for whose end nobody waits.
    #[cfg(feature = "check")]
    pub(crate) fn of_nobody() -> Self {
        let state = State {
            part: Part::new("", Duration::ZERO),
            returned: None,
        };
        Self {
            state: Mutex::new(state),
            waiting: thread::current(),
        }
    }

    /// Says that a part begins, which may block for so long.
    pub(crate) fn begin(&self, name: &'static str, limit: Duration) {
        self.lock().part = Part::new(name, limit);
    }

    fn end(&self, returned: Returned) {
        self.lock().returned = Some(returned);
        self.waiting.unpark();
    }

    fn wait(&self) -> Returned {
        loop {
            let mut state = self.lock();
            if let Some(returned) = state.returned.take() {
                return returned;
            }
            let Part { name, limit, until } = state.part;
            drop(state);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(format!(
                    "blocked its thread {name}: it did not end within {limit:?}"
                ));
            }
            thread::park_timeout(left.min(LOOK));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `run`, which does not panic, on a thread, whose first part is `name`, and gives it up when a part takes longer
/// than its limit.
pub(crate) fn on_a_thread(
    name: &'static str,
    limit: Duration,
    run: Box<dyn FnOnce(&Parts) -> Returned + Send>,
) -> Returned {
    let test = thread::current();
    // A panic message names the thread, so this one is called as the test is.
    let title = test.name().unwrap_or("case").to_owned();
    let state = State {
        part: Part::new(name, limit),
        returned: None,
    };
    let parts = Arc::new(Parts {
        state: Mutex::new(state),
        waiting: test,
    });
    let own = Arc::clone(&parts);
    let spawned = thread::Builder::new()
        .name(title)
        .spawn(move || own.end(run(&own)));
    match spawned {
        Ok(_) => parts.wait(),
        Err(error) => Err(format!("no thread could be started for the case: {error}")),
    }
}
