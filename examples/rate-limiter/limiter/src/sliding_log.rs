//! A limiter that remembers when each call passed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::{Quota, RateLimiter};

/// Remembers when each call passed.
#[derive(Debug)]
pub struct SlidingLog {
    quota: Quota,
    passed: Mutex<HashMap<String, Vec<Instant>>>,
}

impl SlidingLog {
    /// A limiter of that quota.
    pub fn new(quota: Quota) -> Self {
        Self {
            quota,
            passed: Mutex::default(),
        }
    }
}

impl RateLimiter for SlidingLog {
    async fn allow(&self, caller: &str) -> bool {
        let now = Instant::now();
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = passed.entry(caller.to_owned()).or_default();
        passed.retain(|moment| now - *moment < self.quota.period);
        let allowed = passed.len() < self.quota.calls;
        if allowed {
            passed.push(now);
        }
        allowed
    }

    fn quota(&self) -> Quota {
        self.quota
    }
}
