//! Numbers that are counted in place.

use super::phrases::{assert_kind, get};
use crate::cache::together::at_once;
use crate::cache::{CacheError, CacheErrorKind, CacheInterface, TimeToLive};
use crate::contract_suite;

/// Numbers that are counted in place.
#[contract_suite(CacheInterface, group = counters)]
pub mod suite {
    use super::*;

    /// A missing counter counts from zero, and stays.
    #[case(needs(counters))]
    async fn increment_of_a_missing_key(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.increment("n", 7).await?, 7);
        assert_eq!(cache.increment("n", 0).await?, 7);
        assert_eq!(cache.increment("zero", 0).await?, 0);
        assert!(cache.exists("zero").await?);
        assert_eq!(cache.ttl("n").await?, TimeToLive::Forever);
        Ok(())
    }

    /// Whoever counts at once is counted, and each is told a sum of its own.
    #[case(needs(counters))]
    async fn at_once_all_are_counted(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let (first, second) = at_once(one.increment("n", 1), two.increment("n", 1)).await;
        let mut sums = [first?, second?];
        sums.sort_unstable();
        assert_eq!(sums, [1, 2]);
        assert_eq!(get(one, "n").await?.as_deref(), Some(&b"2"[..]));
        Ok(())
    }

    /// Each handle is told the sum of its own counter.
    #[case(needs(counters))]
    async fn handles_are_answered_apart(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        assert_eq!(one.increment("a", 1).await?, 1);
        assert_eq!(two.increment("b", 40).await?, 40);
        assert_eq!(one.increment("a", 1).await?, 2);
        Ok(())
    }

    /// A sum out of range is an error and changes nothing, at both ends.
    #[case(needs(counters))]
    async fn increment_overflow_changes_nothing(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for (end, by) in [(i64::MAX, 1), (i64::MIN, -1), (i64::MAX, i64::MAX)] {
            cache.set("n", end.to_string().as_bytes(), None).await?;
            assert_kind(cache.increment("n", by).await, CacheErrorKind::OutOfRange);
            assert_eq!(get(cache, "n").await?, Some(end.to_string().into_bytes()));
        }
        assert_eq!(cache.increment("n", i64::MIN).await?, -1);
        Ok(())
    }

    /// Counting down goes below zero.
    #[case(needs(counters))]
    async fn decrement_below_zero(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.increment("n", -2).await?, -2);
        assert_eq!(cache.increment("n", -40).await?, -42);
        assert_eq!(cache.increment("n", 43).await?, 1);
        Ok(())
    }

    /// Counting what is no number is an error and changes nothing.
    #[case(needs(counters))]
    async fn increment_of_a_non_number_changes_nothing(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let texts: [&[u8]; 11] = [
            b"text",
            b"",
            b"007",
            b" 1",
            b"1 ",
            b"+1",
            b"-0",
            b"1.0",
            b"0x1",
            b"\xff",
            b"9223372036854775808",
        ];
        for text in texts {
            cache.set("n", text, None).await?;
            assert_kind(cache.increment("n", 1).await, CacheErrorKind::WrongKind);
            assert_eq!(get(cache, "n").await?.as_deref(), Some(text));
        }
        Ok(())
    }

    /// A counter reads as its plain decimal number, however it was counted to, and a set one counts on.
    #[case(needs(counters))]
    async fn get_after_decrement_is_canonical(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("n", b"10", None).await?;
        assert_eq!(cache.increment("n", -1).await?, 9);
        assert_eq!(get(cache, "n").await?.as_deref(), Some(&b"9"[..]));
        cache.increment("n", -19).await?;
        assert_eq!(get(cache, "n").await?.as_deref(), Some(&b"-10"[..]));
        Ok(())
    }
}
