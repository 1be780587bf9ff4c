//! The end of a handle.

use std::time::Duration;

use super::phrases::{assert_kind, entries, get, owned, versioned};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface};
use crate::contract_suite;

/// The end of a handle.
#[contract_suite(CacheInterface, group = closing)]
pub mod suite {
    use super::*;

    /// Closing once more does nothing.
    #[case]
    async fn close_is_idempotent(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        cache.close().await?;
        cache.close().await
    }

    /// Every call that comes after it is refused, and says why; the limits stay.
    #[case]
    async fn calls_after_close_are_refused(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let closed = CacheErrorKind::Closed;
        let (limits, keys) = (cache.limits(), owned(&["k"]));
        cache.set("k", b"v", None).await?;
        let version = versioned(cache, "k").await?.version;
        cache.close().await?;
        assert_kind(cache.get("k").await, closed);
        assert_kind(cache.get_many(&keys).await, closed);
        assert_kind(cache.get_many(&[]).await, closed);
        assert_kind(cache.set("k", b"v", None).await, closed);
        assert_kind(cache.set_many(&entries(&[("k", "v")]), None).await, closed);
        assert_kind(cache.set_many(&[], None).await, closed);
        assert_kind(cache.add("k", b"v", None).await, closed);
        assert_kind(cache.replace("k", b"v", None).await, closed);
        assert_kind(cache.delete("k").await, closed);
        assert_kind(cache.delete_many(&keys).await, closed);
        assert_kind(cache.delete_many(&[]).await, closed);
        assert_kind(cache.take("k").await, closed);
        assert_kind(cache.get_versioned("k").await, closed);
        assert_kind(cache.get_if_changed("k", &version).await, closed);
        let swap = cache.compare_and_swap("k", &version, b"v", None).await;
        assert_kind(swap, closed);
        assert_kind(cache.exists("k").await, closed);
        assert_kind(cache.touch("k", Duration::MAX).await, closed);
        assert_kind(cache.touch("k", Duration::ZERO).await, closed);
        assert_kind(cache.persist("k").await, closed);
        assert_kind(cache.ttl("k").await, closed);
        assert_kind(cache.clear().await, closed);
        assert_eq!(cache.limits(), limits);
        Ok(())
    }

    /// The entries stay, and every other handle goes on.
    #[case]
    async fn entries_and_other_handles_stay(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        one.close().await?;
        assert_eq!(get(two, "k").await?.as_deref(), Some(&b"v"[..]));
        two.set("k", b"w", None).await?;
        assert_eq!(get(two, "k").await?.as_deref(), Some(&b"w"[..]));
        Ok(())
    }

    /// A counter is refused after it as well.
    #[case(needs(counters))]
    async fn counters_are_refused(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.increment("n", 1).await?;
        cache.close().await?;
        assert_kind(cache.increment("n", 1).await, CacheErrorKind::Closed);
        Ok(())
    }

    /// A scan is refused after it as well.
    #[case(needs(scan))]
    async fn scans_are_refused(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.scan("").await?;
        cache.close().await?;
        assert_kind(cache.scan("").await, CacheErrorKind::Closed);
        assert_kind(cache.delete_prefix("").await, CacheErrorKind::Closed);
        Ok(())
    }
}
