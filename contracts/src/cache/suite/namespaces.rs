//! What keeps namespaces apart.

use std::time::Duration;

use super::phrases::{entries, get, owned, versioned};
use crate::cache::{CacheError, CacheInterface, Swap, TimeToLive};
use crate::contract_suite;

/// What keeps namespaces apart.
#[contract_suite(CacheInterface, group = namespaces)]
pub mod suite {
    use super::*;

    /// A namespace sees none of another's entries, and changes none.
    #[case]
    async fn are_isolated(
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("b")] b: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        a.set("k", b"1", None).await?;
        assert_eq!(b.get("k").await?, None);
        assert_eq!(b.get_many(&owned(&["k"])).await?, [None]);
        assert_eq!(b.ttl("k").await?, TimeToLive::Missing);
        assert!(!b.exists("k").await?);
        assert!(!b.delete("k").await?);
        assert!(!b.replace("k", b"2", None).await?);
        assert!(!b.touch("k", Duration::ZERO).await?);
        assert!(b.add("k", b"2", None).await?);
        assert_eq!(b.increment("k", 1).await?, 3);
        assert_eq!(get(a, "k").await?.as_deref(), Some(&b"1"[..]));
        assert!(b.add("added", b"2", None).await?);
        assert!(!a.exists("added").await?);
        Ok(())
    }

    /// A batch, and what takes or swaps, changes nothing in another namespace.
    #[case]
    async fn batches_and_swaps_are_isolated(
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("b")] b: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let keys = owned(&["many", "taken", "deleted"]);
        for key in &keys {
            a.set(key, b"1", None).await?;
        }
        assert_eq!(b.take("taken").await?, None);
        assert_eq!(b.delete_many(&keys).await?, 0);
        b.set_many(&entries(&[("many", "2"), ("new", "2")]), None)
            .await?;
        let version = versioned(b, "many").await?.version;
        let swap = a.compare_and_swap("many", &version, b"3", None).await?;
        assert_ne!(swap, Swap::Missing);
        assert_eq!(get(b, "many").await?.as_deref(), Some(&b"2"[..]));
        assert!(!a.exists("new").await?);
        b.set("taken", b"2", None).await?;
        assert!(b.take("taken").await?.is_some());
        b.set("deleted", b"2", None).await?;
        assert_eq!(b.delete_many(&keys).await?, 2);
        for key in &keys {
            assert!(a.exists(key).await?, "{key}");
        }
        Ok(())
    }

    /// A time to live in one namespace is none of another's.
    #[case(needs(ttl))]
    async fn lifetimes_are_isolated(
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("b")] b: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        const MINUTE: Duration = Duration::from_secs(60);
        a.set("k", b"1", Some(MINUTE)).await?;
        b.set("k", b"2", Some(MINUTE)).await?;
        assert!(b.persist("k").await?);
        assert!(matches!(a.ttl("k").await?, TimeToLive::Remaining(_)));
        assert!(b.touch("k", Duration::ZERO).await?);
        assert!(a.exists("k").await?);
        Ok(())
    }

    /// `a` with `b:c` is not `a:b` with `c`, whatever characters the names and keys have.
    #[case]
    async fn join_unambiguously(
        root: &dyn CacheInterface,
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("a:b")] ab: &dyn CacheInterface,
        #[namespace("a/b")] a_b: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let caches = [(root, "root"), (a, "a"), (ab, "a:b"), (a_b, "a/b")];
        let keys = [
            "c", "b:c", ":c", "a:b:c", "/a:c", "/a/b:c", "/b:c", "b/c", "1:c", "3:a:b:c",
        ];
        for (cache, name) in caches {
            for key in keys {
                assert!(
                    !cache.exists(key).await?,
                    "{key:?} in {name:?} is another's"
                );
                cache
                    .set(key, format!("{name} {key}").as_bytes(), None)
                    .await?;
            }
        }
        for (cache, name) in caches {
            for key in keys {
                let expected = format!("{name} {key}").into_bytes();
                assert_eq!(
                    get(cache, key).await?,
                    Some(expected),
                    "{key:?} in {name:?}"
                );
            }
        }
        Ok(())
    }
}
