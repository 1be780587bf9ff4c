//! How soon after a fault is over each handle is served again.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::HANDLES;

#[derive(Default)]
pub(super) struct Back {
    /// When the fault was over, of each handle that was not served since.
    waiting: [Cell<Option<Instant>>; HANDLES],
    longest: Cell<Duration>,
}

impl Back {
    /// From now on nothing keeps anybody from being served.
    pub(super) fn fault_is_over(&self) {
        for waiting in &self.waiting {
            waiting.set(Some(Instant::now()));
        }
    }

    /// A call of this handle that began then was answered now.
    pub(super) fn answered(&self, handle: usize, begun: Instant) {
        let waiting = &self.waiting[handle];
        // What began before says nothing: it may have passed before the fault was there.
        if let Some(since) = waiting.get().filter(|since| *since <= begun) {
            self.longest.set(self.longest.get().max(since.elapsed()));
            waiting.set(None);
        }
    }

    pub(super) fn longest(&self) -> Duration {
        self.longest.get()
    }
}
