//! What a time to live means, decided once for all backends.
//!
//! [`Lifetime`] is the way in (what a caller asks for), [`TimeToLive`] the way out (what an entry still has). How a
//! server is told is left to the backend.

use std::time::Duration;

/// A time to live of 100 years. It and everything above it mean no expiry.
pub const FOREVER: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// A time to live as a backend has to keep it, read from what a caller asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lifetime {
    /// Expired from the start: nothing is stored, and what was there goes.
    Expired,
    /// From now for this long: more than zero, less than [`FOREVER`], in whole steps of the backend's resolution.
    For(Duration),
    /// Until overwritten or deleted.
    Forever,
}

impl Lifetime {
    /// Reads what a caller asked for: `None` and [`FOREVER`] or more are for ever, zero is expired, and the rest is
    /// rounded up to whole steps of `resolution`, so that nothing expires early. A resolution of zero rounds nothing.
    pub fn new(ttl: Option<Duration>, resolution: Duration) -> Self {
        match ttl {
            None => Self::Forever,
            Some(Duration::ZERO) => Self::Expired,
            Some(ttl) if ttl >= FOREVER => Self::Forever,
            Some(ttl) => Self::For(round_up(ttl, resolution)),
        }
    }
}

fn round_up(ttl: Duration, resolution: Duration) -> Duration {
    let step = resolution.as_nanos();
    if step == 0 || ttl.as_nanos().is_multiple_of(step) {
        return ttl;
    }
    // At most `ttl`, and `FOREVER` has fewer nanoseconds than a `u64`.
    let over = Duration::from_nanos((ttl.as_nanos() % step) as u64);
    // `ttl - over` first: with a resolution of any size nothing overflows.
    (ttl - over) + resolution
}

/// How long an entry still has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeToLive {
    /// Nothing is stored under the key.
    Missing,
    /// The entry has no time to live.
    Forever,
    /// The entry expires after this long, to within the backend's resolution. It can be zero in the very last moment.
    Remaining(Duration),
}

/// Whether two answers of [`ttl`](super::CacheInterface::ttl) are the same but for the time between them. Both round what
/// remains to their resolution, and their clocks differ by at most `slack`.
#[cfg(feature = "check")]
pub(super) fn about_the_same(
    one: &Result<TimeToLive, super::CacheError>,
    other: &Result<TimeToLive, super::CacheError>,
    slack: Duration,
) -> bool {
    const ROUNDING: Duration = Duration::from_millis(2);
    match (one, other) {
        (Ok(TimeToLive::Remaining(one)), Ok(TimeToLive::Remaining(other))) => {
            one.abs_diff(*other) <= slack + ROUNDING
        }
        (Ok(one), Ok(other)) => one == other,
        (Err(one), Err(other)) => one.kind() == other.kind(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn none_and_a_hundred_years_are_for_ever() {
        assert_eq!(Lifetime::new(None, MS), Lifetime::Forever);
        assert_eq!(Lifetime::new(Some(FOREVER), MS), Lifetime::Forever);
        assert_eq!(Lifetime::new(Some(Duration::MAX), MS), Lifetime::Forever);
        let just_below = FOREVER - MS;
        assert_eq!(
            Lifetime::new(Some(just_below), MS),
            Lifetime::For(just_below)
        );
    }

    #[test]
    fn zero_is_expired() {
        assert_eq!(Lifetime::new(Some(Duration::ZERO), MS), Lifetime::Expired);
    }

    #[test]
    fn parts_of_a_step_round_up() {
        let read = |nanos, step| Lifetime::new(Some(Duration::from_nanos(nanos)), step);
        assert_eq!(read(1, MS), Lifetime::For(MS));
        assert_eq!(read(1_000_000, MS), Lifetime::For(MS));
        assert_eq!(read(1_000_001, MS), Lifetime::For(2 * MS));
        assert_eq!(read(1, Duration::from_secs(1)), Lifetime::For(1000 * MS));
        assert_eq!(
            read(7, Duration::ZERO),
            Lifetime::For(Duration::from_nanos(7))
        );
    }

    #[test]
    fn rounding_up_never_overflows() {
        let almost = FOREVER - Duration::from_nanos(1);
        assert!(matches!(
            Lifetime::new(Some(almost), Duration::MAX),
            Lifetime::For(_)
        ));
    }
}
