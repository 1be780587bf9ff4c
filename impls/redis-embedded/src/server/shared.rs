//! The state behind its lock, and what wakes the tasks that look at it.
//!
//! One lock makes every command atomic, as Redis' single thread does. A connection holds it for
//! all requests it has read, never across an await.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::state::State;
use crate::clock::{Clock, Timed};

/// What all tasks of a server share.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) clock: Clock,
    /// Wakes the timer when something is due earlier than it thought.
    pub(crate) timer: Notify,
    pub(crate) stopping: Notify,
    stopped: AtomicBool,
}

impl Shared {
    pub(crate) fn new(state: State, clock: &Clock) -> Arc<Shared> {
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            clock: clock.clone(),
            timer: Notify::new(),
            stopping: Notify::new(),
            stopped: AtomicBool::new(false),
        });
        let timed: Arc<dyn Timed> = shared.clone();
        clock.attach(Arc::downgrade(&timed));
        shared
    }

    /// The state, with its time set.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        // A command that panicked has broken no more than its own connection.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.set_time(self.clock.micros());
        state
    }

    /// Does what is due, and tells when the next thing is, in Unix milliseconds.
    pub(crate) fn run_due(&self) -> Option<i64> {
        let mut state = self.lock();
        state.run_due();
        state.next_deadline()
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Closes the listener, and every connection without another word.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Release);
        self.lock().close_all();
        self.stopping.notify_waiters();
        self.stopping.notify_one();
        self.timer.notify_one();
    }
}

impl Timed for Shared {
    fn clock_moved(&self) {
        self.run_due();
        self.timer.notify_one();
    }
}
