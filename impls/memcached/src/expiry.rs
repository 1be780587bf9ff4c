//! When an entry is to go, as memcached is told.
//!
//! Its clock is the number of its last tick. Ticks come once a second, each a little later than the one before, until one
//! second has none. So what is to live for n seconds is gone after n − 2 to n of them, and two are added here, or it
//! could go early. More than thirty days are read as a date, and dates end in January 2038.

use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, TimeToLive};

/// memcached counts whole seconds.
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// What an entry outlives its time by at the most: a part of a second that is rounded up, and the seconds added here.
pub(crate) const RESOLUTION: Duration = Duration::from_secs(1 + ADDED as u64);

/// The last date that memcached knows, in seconds.
pub(crate) const CALENDAR_END: i64 = i32::MAX as i64;

/// Longer times are read as dates.
const LONGEST: u64 = 30 * 24 * 60 * 60;

/// Two ticks can be missing from what was asked for.
const ADDED: i64 = 2;

/// The flag for an entry that is to live for `ttl`, in whole seconds, from now; `None` where that takes a date.
pub(crate) fn in_seconds(ttl: Duration) -> Option<String> {
    let seconds = ttl.as_secs() + ADDED as u64;
    (seconds <= LONGEST).then(|| format!("T{seconds}"))
}

/// The flag for an entry that is to live for `ttl`, in whole seconds, from a date that the server's clock shows.
///
/// # Errors
/// [`Unsupported`](CacheErrorKind::Unsupported) where that is after the end of the calendar.
pub(crate) fn at_a_date(ttl: Duration, now: i64) -> Result<String, CacheError> {
    let seconds = i64::try_from(ttl.as_secs()).unwrap_or(CALENDAR_END);
    let date = now.saturating_add(seconds).saturating_add(ADDED);
    if date > CALENDAR_END {
        let message = "memcached keeps no time to live that ends after January 2038: \
                       store it for less, or for ever";
        return Err(CacheError::new(CacheErrorKind::Unsupported, message));
    }
    Ok(format!("T{date}"))
}

/// What an entry has left in the contract's words.
pub(crate) fn remaining(left: i64) -> TimeToLive {
    match left {
        0.. => {
            let seconds = u64::try_from(left - ADDED).unwrap_or(0);
            TimeToLive::Remaining(Duration::from_secs(seconds))
        }
        _ => TimeToLive::Forever,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn thirty_days_are_counted_and_more_are_a_date() {
        let most = 30 * DAY - Duration::from_secs(2);
        assert_eq!(in_seconds(SECOND).as_deref(), Some("T3"));
        assert_eq!(in_seconds(most).as_deref(), Some("T2592000"));
        assert_eq!(in_seconds(most + SECOND), None);
        assert_eq!(at_a_date(30 * DAY, 1_800_000_000).unwrap(), "T1802592002");
    }

    #[test]
    fn the_calendar_ends() {
        assert_eq!(at_a_date(SECOND, CALENDAR_END - 3).unwrap(), "T2147483647");
        for ttl in [2 * SECOND, 36_500 * DAY, Duration::MAX] {
            let error = at_a_date(ttl, CALENDAR_END - 3).unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::Unsupported);
        }
    }

    #[test]
    fn what_is_left_is_told_without_what_was_added() {
        assert_eq!(remaining(-1), TimeToLive::Forever);
        assert_eq!(remaining(62), TimeToLive::Remaining(60 * SECOND));
        assert_eq!(remaining(1), TimeToLive::Remaining(Duration::ZERO));
    }
}
