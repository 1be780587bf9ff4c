//! The suite of the crate `limiter` on the implementation of this one.

use std::time::Duration;

use contrait::backend;
use limiter::{Quota, suite};
use ring_limiter::RingLimiter;

#[backend(suite, clock = virtual)]
fn ring() -> RingLimiter {
    RingLimiter::new(Quota {
        calls: 5,
        period: Duration::from_millis(10),
    })
}
