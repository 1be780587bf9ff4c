//! Finding keys by what they begin with.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Duration;

use super::phrases::{assert_kind, get, many_entries, owned};
use crate::cache::together::{at_once, give_up, together};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface};
use crate::{Clock, contract_suite};

/// Finding keys by what they begin with.
#[contract_suite(CacheInterface, group = scan)]
pub mod suite {
    use super::*;

    fn set_of(keys: &[&str]) -> BTreeSet<String> {
        owned(keys).into_iter().collect()
    }

    /// A scan finds the keys that begin with the prefix, and no others; no character of it is a pattern.
    #[case(needs(scan))]
    async fn finds_what_begins_with_the_prefix(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        assert_eq!(cache.scan("").await?, set_of(&[]));
        let keys = [
            "", "a", "ab", "a*", "a*b", "b", "a?", "[a]", "\\a", "a\\", "ü", "\0\r\n",
        ];
        for key in keys {
            cache.set(key, b"v", None).await?;
        }
        assert_eq!(cache.scan("").await?, set_of(&keys));
        assert_eq!(cache.scan("ab").await?, set_of(&["ab"]));
        assert_eq!(cache.scan("a*").await?, set_of(&["a*", "a*b"]));
        assert_eq!(cache.scan("a?").await?, set_of(&["a?"]));
        assert_eq!(cache.scan("[a]").await?, set_of(&["[a]"]));
        assert_eq!(cache.scan("\\").await?, set_of(&["\\a"]));
        assert_eq!(cache.scan("a\\").await?, set_of(&["a\\"]));
        assert_eq!(cache.scan("ü").await?, set_of(&["ü"]));
        assert_eq!(cache.scan("c").await?, set_of(&[]));
        assert_eq!(cache.scan(&"k".repeat(1000)).await?, set_of(&[]));
        cache.delete("ab").await?;
        assert_eq!(cache.scan("ab").await?, set_of(&[]));
        Ok(())
    }

    /// A key that is there all the while is found, however many others come and go.
    #[case(needs(scan))]
    async fn is_complete_for_stable_keys(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let batch = many_entries();
        one.set_many(&batch, None).await?;
        let stable: BTreeSet<String> = batch.into_iter().map(|(key, _)| key).collect();
        let change = async {
            for n in 0..200 {
                two.set(&format!("come and gone {n}"), b"v", None).await?;
                tokio::task::yield_now().await;
                two.delete(&format!("come and gone {n}")).await?;
            }
            Ok(())
        };
        let scan = async {
            for _ in 0..3 {
                let found = one.scan("many ").await?;
                // Compared by number: a difference would print thousands of keys.
                assert_eq!(found.len(), stable.len());
                assert!(found == stable);
            }
            Ok(())
        };
        together(vec![Box::pin(change), Box::pin(scan)]).await
    }

    /// A scan ends, although somebody writes all the while.
    #[case(needs(scan))]
    async fn ends_under_mutation(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let ended = Cell::new(false);
        let change = async {
            for n in 0..3000 {
                two.set(&n.to_string(), b"v", None).await?;
                tokio::task::yield_now().await;
                if ended.get() {
                    return Ok(());
                }
            }
            panic!("3000 writes, and the scan has not ended");
        };
        let scan = async {
            one.scan("").await?;
            ended.set(true);
            Ok(())
        };
        together(vec![Box::pin(change), Box::pin(scan)]).await
    }

    /// A scan of one namespace finds no key of another.
    #[case(needs(scan))]
    async fn is_scoped_to_the_namespace(
        root: &dyn CacheInterface,
        #[namespace("*")] star: &dyn CacheInterface,
        #[namespace("a")] a: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for (cache, key) in [(root, "root"), (star, "star"), (a, "a")] {
            cache.set(key, b"v", None).await?;
        }
        assert_eq!(root.scan("").await?, set_of(&["root"]));
        assert_eq!(star.scan("").await?, set_of(&["star"]));
        assert_eq!(a.scan("").await?, set_of(&["a"]));
        Ok(())
    }

    /// An expired key is not found.
    #[case(needs(scan, ttl))]
    async fn finds_nothing_expired(
        cache: &dyn CacheInterface,
        clock: &Clock,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        let ttl = (2 * step).max(Duration::from_millis(200));
        cache.set("stays", b"v", None).await?;
        let expiry = clock.expiry(ttl, step, cache.set("goes", b"v", Some(ttl)));
        expiry.await?.until_gone().await;
        assert_eq!(cache.scan("").await?, set_of(&["stays"]));
        assert_eq!(cache.delete_prefix("").await?, 1);
        Ok(())
    }

    /// `delete_prefix` removes what begins with the prefix, says how many there were, and leaves all others, in
    /// other namespaces too.
    #[case(needs(scan))]
    async fn delete_prefix_is_scoped(
        #[namespace("a")] a: &dyn CacheInterface,
        #[namespace("b")] b: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for cache in [a, b] {
            for key in ["x", "x1", "x*", "x*1", "y", "Ax"] {
                cache.set(key, b"v", None).await?;
            }
        }
        assert_eq!(a.delete_prefix("x*").await?, 2);
        assert_eq!(a.delete_prefix("x*").await?, 0);
        assert_eq!(a.delete_prefix("x").await?, 2);
        assert_eq!(a.scan("").await?, set_of(&["Ax", "y"]));
        assert_eq!(b.scan("").await?.len(), 6);
        a.set_many(&many_entries(), None).await?;
        assert_eq!(a.delete_prefix("many ").await?, 1200);
        assert_eq!(a.scan("").await?.len(), 2);
        Ok(())
    }

    /// What two handles remove by one prefix at once counts once, and each is told its own number.
    #[case(needs(scan))]
    async fn delete_prefix_counts_once(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("a1", b"v", None).await?;
        one.set("b1", b"v", None).await?;
        let (first, second) = at_once(one.delete_prefix("a"), two.delete_prefix("a")).await;
        assert_eq!(first? + second?, 1);
        assert_eq!(one.delete_prefix("b").await?, 1);
        assert_eq!(two.delete_prefix("b").await?, 0);
        Ok(())
    }

    /// A deletion by prefix that was dropped does not undo a later write.
    #[case(needs(scan))]
    async fn dropped_deletions_are_not_late(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"old", None).await?;
        give_up(cache.delete_prefix("k")).await;
        cache.set("k", b"later", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"later"[..]));
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"later"[..]));
        Ok(())
    }

    /// Who cannot list keys says so: nothing found would be a lie.
    #[case]
    async fn is_lacking_with_an_error(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        if cache.limits().scan {
            assert_eq!(cache.scan("").await?, set_of(&["k"]));
            assert_eq!(cache.delete_prefix("k").await?, 1);
        } else {
            assert_kind(cache.scan("").await, CacheErrorKind::Unsupported);
            assert_kind(cache.delete_prefix("k").await, CacheErrorKind::Unsupported);
            assert!(cache.exists("k").await?);
        }
        Ok(())
    }
}
