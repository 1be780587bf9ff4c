//! What becomes of calls that nobody waits for any more: they happen at once or never.

use std::time::Duration;

use super::phrases::{entries, get, owned, versioned};
use crate::cache::together::give_up;
use crate::cache::{CacheError, CacheInterface, TimeToLive};
use crate::contract_suite;

/// What becomes of calls that nobody waits for any more: they happen at once or never.
#[contract_suite(CacheInterface, group = dropped)]
pub mod suite {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// A write that was dropped does not undo a later one.
    #[case]
    async fn writes_are_not_late(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        give_up(cache.set("set", b"dropped", None)).await;
        cache.set("set", b"later", None).await?;
        give_up(cache.add("add", b"dropped", None)).await;
        cache.delete("add").await?;
        cache.set("replace", b"old", None).await?;
        give_up(cache.replace("replace", b"dropped", None)).await;
        cache.set("replace", b"later", None).await?;
        cache.set("delete", b"old", None).await?;
        give_up(cache.delete("delete")).await;
        cache.set("delete", b"later", None).await?;
        assert!(!cache.exists("add").await?);
        for key in ["set", "replace", "delete"] {
            assert_eq!(
                get(cache, key).await?.as_deref(),
                Some(&b"later"[..]),
                "{key}"
            );
        }
        Ok(())
    }

    /// A batch that was dropped does not undo a later write, nor does what takes, swaps or clears.
    #[case]
    async fn batches_and_swaps_are_not_late(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        give_up(cache.set_many(&entries(&[("k", "dropped")]), None)).await;
        cache.set("k", b"1", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"1"[..]));
        let keys = owned(&["k"]);
        give_up(cache.delete_many(&keys)).await;
        cache.set("k", b"2", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"2"[..]));
        give_up(cache.take("k")).await;
        cache.set("k", b"3", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"3"[..]));
        give_up(cache.clear()).await;
        cache.set("k", b"4", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"4"[..]));
        let version = versioned(cache, "k").await?.version;
        give_up(cache.compare_and_swap("k", &version, b"dropped", None)).await;
        let at_first = cache.get("k").await?;
        assert_eq!(cache.get("k").await?, at_first);
        Ok(())
    }

    /// A time to live whose call was dropped does not undo a later one.
    #[case(needs(ttl))]
    async fn lifetimes_are_not_late(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("touch", b"v", None).await?;
        give_up(cache.touch("touch", Duration::ZERO)).await;
        cache.set("touch", b"later", None).await?;
        cache.set("persist", b"v", Some(MINUTE)).await?;
        give_up(cache.persist("persist")).await;
        cache.touch("persist", MINUTE).await?;
        assert!(cache.exists("touch").await?);
        let left = cache.ttl("persist").await?;
        assert!(matches!(left, TimeToLive::Remaining(_)), "{left:?}");
        Ok(())
    }

    /// Counting whose call was dropped does not change a counter that was set later.
    #[case(needs(counters))]
    async fn counting_is_not_late(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        give_up(cache.increment("n", 5)).await;
        cache.set("n", b"1", None).await?;
        assert_eq!(get(cache, "n").await?.as_deref(), Some(&b"1"[..]));
        assert_eq!(cache.increment("n", 1).await?, 2);
        Ok(())
    }
}
