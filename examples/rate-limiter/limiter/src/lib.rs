//! A trait with a contract, and the implementations that come with it.

mod fixed_window;
mod sliding_log;
#[cfg(feature = "suite")]
mod suite_of_limiter;

use contrait::contract;

pub use fixed_window::FixedWindow;
pub use sliding_log::SlidingLog;
#[cfg(feature = "suite")]
pub use suite_of_limiter::suite;

/// How many calls the limiters of the suite let pass, and in which time.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// So many calls …
    pub calls: usize,
    /// … in any stretch of time that is so long.
    pub period: std::time::Duration,
}

/// Lets a caller pass, but not too often.
#[contract]
pub trait RateLimiter: Send + Sync {
    /// Whether `caller` may pass now. Who is turned away has used up nothing.
    fn allow(&self, caller: &str) -> impl Future<Output = bool> + Send;

    /// What the limiter grants to each caller.
    fn quota(&self) -> Quota;
}
