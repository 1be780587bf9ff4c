//! What every rate limiter promises.

use contrait::contract_suite;

use crate::RateLimiter;

/// The suite of [`RateLimiter`].
#[contract_suite(RateLimiter)]
pub mod suite {
    use contrait::Clock;

    use super::RateLimiter;

    async fn use_up(limiter: &impl RateLimiter, caller: &str) {
        for call in 1..=limiter.quota().calls {
            assert!(
                limiter.allow(caller).await,
                "call {call} is within the quota"
            );
        }
    }

    /// The whole quota is granted, and not one call more.
    #[case]
    async fn the_quota_is_granted_and_no_more(limiter: &impl RateLimiter) {
        use_up(limiter, "ada").await;
        assert!(!limiter.allow("ada").await);
    }

    /// A caller does not use up what is another's.
    #[case]
    async fn callers_are_counted_by_themselves(limiter: &impl RateLimiter) {
        use_up(limiter, "ada").await;
        assert!(limiter.allow("grace").await);
    }

    /// The quota is there again when the period has passed.
    #[case]
    async fn the_quota_comes_back(limiter: &impl RateLimiter, clock: &Clock) {
        use_up(limiter, "ada").await;
        clock.advance(limiter.quota().period).await;
        use_up(limiter, "ada").await;
    }

    /// No stretch of time as long as the period sees more calls than the quota, wherever it begins.
    #[case]
    async fn no_period_sees_more_than_the_quota(limiter: &impl RateLimiter, clock: &Clock) {
        let quota = limiter.quota();
        clock.advance(quota.period * 9 / 10).await;
        use_up(limiter, "ada").await;
        clock.advance(quota.period / 5).await;
        assert!(
            !limiter.allow("ada").await,
            "the last calls are a fifth of a period old"
        );
    }
}
