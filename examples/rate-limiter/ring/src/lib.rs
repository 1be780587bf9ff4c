//! A third implementation of a trait of another crate: it keeps as many moments as the quota has calls.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use limiter::{Quota, RateLimiter};
use tokio::time::Instant;

/// Keeps the moments of the latest calls in a ring.
#[derive(Debug)]
pub struct RingLimiter {
    quota: Quota,
    rings: Mutex<HashMap<String, VecDeque<Instant>>>,
}

impl RingLimiter {
    /// A limiter of that quota.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            rings: Mutex::default(),
        }
    }
}

impl RateLimiter for RingLimiter {
    async fn allow(&self, caller: &str) -> bool {
        let now = Instant::now();
        let mut rings = self.rings.lock().unwrap_or_else(PoisonError::into_inner);
        let ring = rings.entry(caller.to_owned()).or_default();
        if ring.len() == self.quota.calls {
            match ring.front() {
                Some(oldest) if now - *oldest < self.quota.period => return false,
                _ => ring.pop_front(),
            };
        }
        ring.push_back(now);
        true
    }

    fn quota(&self) -> Quota {
        self.quota
    }
}
