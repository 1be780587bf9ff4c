//! A limiter that counts calls in windows, and is wrong at their borders.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::{Quota, RateLimiter};

/// Counts calls from window to window: at a border, twice the quota passes in no time.
#[derive(Debug)]
pub struct FixedWindow {
    quota: Quota,
    started: Instant,
    counts: Mutex<HashMap<String, (u128, usize)>>,
}

impl FixedWindow {
    /// A limiter of that quota.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            started: Instant::now(),
            counts: Mutex::default(),
        }
    }
}

impl RateLimiter for FixedWindow {
    async fn allow(&self, caller: &str) -> bool {
        let window = self.started.elapsed().as_nanos() / self.quota.period.as_nanos();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted, count) = counts.entry(caller.to_owned()).or_insert((window, 0));
        if *counted != window {
            (*counted, *count) = (window, 0);
        }
        let allowed = *count < self.quota.calls;
        *count += usize::from(allowed);
        allowed
    }

    fn quota(&self) -> Quota {
        self.quota
    }
}
