//! How much time has passed for a model that stands in for something: tokio's, paused or not.

use std::time::{Duration, Instant};

/// Time since somebody first asked: what is prepared before a runtime runs is prepared outside of its time.
#[derive(Default)]
pub(super) struct Time {
    began: Option<(tokio::time::Instant, Instant)>,
}

impl Time {
    /// By tokio's clock: a paused one stands still until it is moved.
    pub(super) fn passed(&mut self) -> Duration {
        let now = tokio::time::Instant::now();
        let (began, _) = self.began.get_or_insert((now, Instant::now()));
        now.saturating_duration_since(*began)
    }

    /// By the machine's clock: nobody can be told off for having a time wrong by as much.
    pub(super) fn really_passed(&self) -> Duration {
        self.began
            .map_or(Duration::ZERO, |(_, real)| real.elapsed())
    }
}
