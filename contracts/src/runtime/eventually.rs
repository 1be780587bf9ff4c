//! Waiting for what comes about by itself: a client that reconnects, an event that arrives.
//!
//! A sleep would be too short on one machine and a waste on another. So it is tried again until it succeeds, with the
//! last failure for whom it takes too long.

use std::error::Error;
use std::fmt::{self, Debug};
use std::time::Duration;

use super::clock::Clock;
use crate::report::counted;

/// Between two tries, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// What did not come about in time.
pub struct Late<E> {
    within: Duration,
    tries: usize,
    last: E,
}

impl<E> Late<E> {
    /// Why the last try failed.
    pub fn into_last(self) -> E {
        self.last
    }
}

impl Clock {
    /// Tries `attempt` until it succeeds, at least once, and for as long as `within` has not passed on this clock.
    /// Between two tries it lets up to 50 ms pass: a real clock is waited for, a virtual one moved.
    ///
    /// A try that hangs is not cut short, since what it tries may be bounded itself; the case is.
    ///
    /// # Errors
    /// The last failure, with the number of tries.
    pub async fn eventually<T, E>(
        &self,
        within: Duration,
        mut attempt: impl AsyncFnMut() -> Result<T, E>,
    ) -> Result<T, Late<E>> {
        let deadline = self.now() + within;
        let (mut pause, longest) = PAUSES;
        for tries in 1.. {
            let last = match attempt().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            if self.now() >= deadline {
                return Err(Late {
                    within,
                    tries,
                    last,
                });
            }
            self.advance(pause).await;
            pause = longest.min(2 * pause);
        }
        unreachable!("there is a try after every other")
    }
}

impl<E: Debug> fmt::Display for Late<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            within,
            tries,
            last,
        } = self;
        write!(
            f,
            "not within {within:?}, for which it was tried {}: {last:?}",
            counted(*tries, "time")
        )
    }
}

/// As [`Display`](fmt::Display), since a case that returns it is shown so.
impl<E: Debug> Debug for Late<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<E: Error + 'static> Error for Late<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.last)
    }
}
