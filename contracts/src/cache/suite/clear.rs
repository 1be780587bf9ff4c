//! Everything at once.

use std::time::Duration;

use super::phrases::{get, many_entries, owned, versioned};
use crate::cache::{CacheError, CacheInterface};
use crate::contract_suite;

/// Everything at once.
#[contract_suite(CacheInterface, group = clear)]
pub mod suite {
    use super::*;

    /// Every entry of the namespace is gone, however many there are and however they came.
    #[case]
    async fn removes_every_entry(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.clear().await?;
        let batch = many_entries();
        cache.set_many(&batch, None).await?;
        cache.set("", b"the empty key", None).await?;
        cache
            .set("*", b"for a day", Some(Duration::from_secs(86400)))
            .await?;
        cache.set("versioned", b"v", None).await?;
        versioned(cache, "versioned").await?;
        cache.clear().await?;
        let mut keys: Vec<String> = batch.into_iter().map(|(key, _)| key).collect();
        keys.extend(owned(&["", "*", "versioned"]));
        let left = cache.get_many(&keys).await?;
        assert_eq!(left.iter().flatten().count(), 0);
        Ok(())
    }

    /// Other namespaces keep their entries, whatever characters the names have.
    #[case]
    async fn is_scoped_to_the_namespace(
        root: &dyn CacheInterface,
        #[namespace("*")] star: &dyn CacheInterface,
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("a:b")] ab: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let caches = [root, star, a, ab];
        for (cleared, cache) in caches.iter().enumerate() {
            for cache in caches {
                cache.set("k", b"v", None).await?;
                cache.set("b:k", b"v", None).await?;
            }
            cache.clear().await?;
            for (at, cache) in caches.iter().enumerate() {
                for key in ["k", "b:k"] {
                    let there = cache.exists(key).await?;
                    assert_eq!(there, at != cleared, "{key} in {at}, {cleared} was cleared");
                }
            }
        }
        Ok(())
    }

    /// What is set after a clear is there, by whichever handle it was cleared.
    #[case]
    async fn set_after_clear_is_visible(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for round in ["1", "2", "3"] {
            one.set("k", b"old", None).await?;
            two.clear().await?;
            assert_eq!(one.get("k").await?, None);
            assert!(one.add("k", round.as_bytes(), None).await?);
            assert_eq!(get(two, "k").await?.as_deref(), Some(round.as_bytes()));
            one.clear().await?;
            assert_eq!(two.get_many(&owned(&["k"])).await?, [None]);
        }
        Ok(())
    }
}
