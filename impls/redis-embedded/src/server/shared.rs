//! The state behind its lock, and what wakes the tasks that look at it.
//!
//! One lock makes every command atomic, as Redis' single thread does. A connection holds it for
//! all requests it has read, never across an await.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::Notify;

use super::busy_poll::BusyPoll;
use super::gate::Gates;
use super::state::State;
use crate::clock::{Clock, Timed};

/// What all tasks of a server share.
pub(crate) struct Shared {
    state: Mutex<State>,
    pub(crate) clock: Clock,
    /// Wakes the timer when something is due earlier than it thought.
    pub(crate) timer: Notify,
    pub(crate) stopping: Notify,
    pub(crate) gate: Gates,
    pub(crate) busy_poll: BusyPoll,
    #[cfg(feature = "tls")]
    pub(crate) tls: Option<super::tls::Tls>,
    /// Where the server's tasks run.
    pub(crate) runtime: Handle,
    stopped: AtomicBool,
}

impl Shared {
    pub(crate) fn new(
        state: State,
        clock: Clock,
        #[cfg(feature = "tls")] tls: Option<super::tls::Tls>,
    ) -> Arc<Shared> {
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            clock,
            timer: Notify::new(),
            stopping: Notify::new(),
            gate: Gates::new(),
            busy_poll: BusyPoll::default(),
            #[cfg(feature = "tls")]
            tls,
            runtime: Handle::current(),
            stopped: AtomicBool::new(false),
        });
        let timed: Arc<dyn Timed> = shared.clone();
        shared.clock.attach(Arc::downgrade(&timed));
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
        self.busy_poll.stop();
        self.timer.notify_one();
    }
}

impl Timed for Shared {
    fn clock_moved(&self) {
        self.run_due();
        self.timer.notify_one();
    }
}
