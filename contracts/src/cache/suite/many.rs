//! Several keys at once.

use std::time::Duration;

use bytes::Bytes;

use super::phrases::{assert_kind, assert_remaining, entries, get, owned};
use crate::cache::together::{at_once, together};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface, TimeToLive};
use crate::{Clock, contract_suite};

/// Several keys at once.
#[contract_suite(CacheInterface, group = many)]
pub mod suite {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// Each value stands where its key stood: misses in place, and what is asked for twice answered twice.
    #[case]
    async fn get_many_is_positional(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("a", b"1", None).await?;
        cache.set("b", b"", None).await?;
        let values = cache
            .get_many(&owned(&["b", "missing", "a", "b", "a"]))
            .await?;
        let values: Vec<_> = values.iter().map(Option::as_deref).collect();
        let (a, b) = (Some(&b"1"[..]), Some(&b""[..]));
        assert_eq!(values, [b, None, a, b, a]);
        Ok(())
    }

    /// Each call is answered for its own keys, whatever was asked before and by whom.
    #[case]
    async fn get_many_is_of_its_own_keys(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("a", b"1", None).await?;
        let value = Bytes::from_static(b"1");
        for cache in [one, two] {
            assert_eq!(cache.get_many(&owned(&["a"])).await?, [Some(value.clone())]);
            assert_eq!(cache.get_many(&owned(&["b", "c"])).await?, [None, None]);
        }
        Ok(())
    }

    /// No keys give no values, and no error.
    #[case]
    async fn get_many_of_nothing(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get_many(&[]).await?, Vec::<Option<Bytes>>::new());
        Ok(())
    }

    /// No entries are stored, and no error.
    #[case]
    async fn set_many_of_nothing(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        for ttl in [None, Some(MINUTE), Some(Duration::ZERO)] {
            cache.set_many(&[], ttl).await?;
        }
        assert!(cache.exists("k").await?);
        Ok(())
    }

    /// No keys delete nothing, and no error.
    #[case]
    async fn delete_many_of_nothing(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert_eq!(cache.delete_many(&[]).await?, 0);
        assert!(cache.exists("k").await?);
        Ok(())
    }

    /// Every entry is stored, new ones and those that were there, empty values too.
    #[case]
    async fn set_many_stores_every_entry(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("old", b"old", None).await?;
        let batch = entries(&[("new", "1"), ("old", "2"), ("empty", ""), ("", "3")]);
        cache.set_many(&batch, None).await?;
        for (key, value) in batch {
            assert_eq!(cache.get(&key).await?, Some(value), "{key:?}");
        }
        Ok(())
    }

    /// Where a key comes twice, its last value stays.
    #[case]
    async fn set_many_last_duplicate_wins(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        for ttl in [None, Some(MINUTE)] {
            let batch = entries(&[("a", "1"), ("b", "2"), ("a", "3"), ("a", "4"), ("b", "5")]);
            cache.set_many(&batch, ttl).await?;
            assert_eq!(
                get(cache, "a").await?.as_deref(),
                Some(&b"4"[..]),
                "{ttl:?}"
            );
            assert_eq!(
                get(cache, "b").await?.as_deref(),
                Some(&b"5"[..]),
                "{ttl:?}"
            );
        }
        Ok(())
    }

    /// Every entry has the time to live of the call, whatever it had before.
    #[case(needs(ttl))]
    async fn set_many_gives_every_entry_its_ttl(
        cache: &dyn CacheInterface,
        clock: &Clock,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        let batch = entries(&[("a", "1"), ("b", "2"), ("c", "3")]);
        cache.set("b", b"old", Some(MINUTE)).await?;
        cache.set_many(&batch, None).await?;
        for key in ["a", "b", "c"] {
            assert_eq!(cache.ttl(key).await?, TimeToLive::Forever, "{key}");
        }
        let ttl = (2 * step).max(Duration::from_millis(200));
        let expiry = clock.expiry(ttl, step, cache.set_many(&batch, Some(ttl)));
        expiry.await?.until_gone().await;
        for key in ["a", "b", "c"] {
            assert!(!cache.exists(key).await?, "{key}");
        }
        let expiry = clock.expiry(MINUTE, step, cache.set_many(&batch, Some(MINUTE)));
        let expiry = expiry.await?;
        for key in ["a", "b", "c"] {
            assert_remaining(cache, key, &expiry).await?;
        }
        cache.set_many(&batch[..2], Some(Duration::ZERO)).await?;
        assert_eq!(cache.delete_many(&owned(&["a", "b", "c"])).await?, 1);
        Ok(())
    }

    /// Where batches are declared to happen as one, nobody sees a part of one.
    #[case(needs(atomic_batches))]
    async fn set_many_atomicity_is_declared(
        writer: &dyn CacheInterface,
        reader: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        assert!(writer.limits().atomic_batches);
        let write = async {
            for n in 0..40 {
                let (n, ttl) = (n.to_string(), (n % 2 == 0).then_some(MINUTE));
                writer
                    .set_many(&entries(&[("a", &n), ("b", &n)]), ttl)
                    .await?;
                tokio::task::yield_now().await;
            }
            Ok(())
        };
        let read = async {
            for _ in 0..40 {
                let values = reader.get_many(&owned(&["a", "b"])).await?;
                assert_eq!(values[0], values[1]);
                tokio::task::yield_now().await;
            }
            Ok(())
        };
        together(vec![Box::pin(write), Box::pin(read)]).await
    }

    /// A batch that is refused names the keys that it is refused for, and no others.
    #[case]
    async fn set_many_failure_names_the_keys(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let long = "k".repeat(cache.limits().key_bytes + 1);
        let batch = entries(&[("a", "1"), (&long, "2"), ("b", "3")]);
        let error = cache.set_many(&batch, None).await.expect_err("a long key");
        assert_eq!(error.keys().collect::<Vec<_>>(), [&*long], "{error:?}");
        assert!(
            !format!("{error} {error:?}").contains(&long),
            "{error:?} shows the key"
        );
        let large = Bytes::from(vec![0; cache.limits().value_bytes + 1]);
        let batch = [entries(&[("a", "1")]), vec![("b".to_owned(), large)]].concat();
        let error = cache
            .set_many(&batch, None)
            .await
            .expect_err("a large value");
        assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
        assert_eq!(error.keys().collect::<Vec<_>>(), ["b"], "{error:?}");
        let error = cache.delete_many(&owned(&["a", &long])).await;
        let error = error.expect_err("a long key");
        assert_eq!(error.keys().collect::<Vec<_>>(), [&*long], "{error:?}");
        Ok(())
    }

    /// One key over the limit refuses the whole call, and so does one value: before anything is read or written.
    #[case]
    async fn an_invalid_key_is_refused_before_any_write(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        let long = "k".repeat(cache.limits().key_bytes + 1);
        let keys = ["k".to_owned(), long.clone()];
        assert_kind(cache.get_many(&keys).await, CacheErrorKind::InvalidKey);
        assert_kind(cache.delete_many(&keys).await, CacheErrorKind::InvalidKey);
        assert!(cache.exists("k").await?);
        let large = Bytes::from(vec![0; cache.limits().value_bytes + 1]);
        for (key, value, kind) in [
            (&*long, Bytes::new(), CacheErrorKind::InvalidKey),
            ("large", large.clone(), CacheErrorKind::ValueTooLarge),
            (&*long, large, CacheErrorKind::InvalidKey),
        ] {
            let mut batch = entries(&[("k", "new"), ("other", "new")]);
            batch.push((key.to_owned(), value));
            for ttl in [None, Some(MINUTE), Some(Duration::ZERO)] {
                assert_kind(cache.set_many(&batch, ttl).await, kind);
            }
        }
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        assert!(!cache.exists("other").await?);
        Ok(())
    }

    /// `delete_many` says how many there were: what was missing does not count, and what comes twice counts once.
    #[case]
    async fn delete_many_counts_distinct_keys(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let batch = entries(&[("a", "1"), ("b", "2"), ("c", "3")]);
        cache.set_many(&batch, None).await?;
        assert_eq!(cache.delete_many(&owned(&["missing"])).await?, 0);
        let keys = owned(&["a", "missing", "b", "a", "missing"]);
        assert_eq!(cache.delete_many(&keys).await?, 2);
        assert_eq!(cache.delete_many(&keys).await?, 0);
        assert!(!cache.exists("a").await?);
        assert!(!cache.exists("b").await?);
        assert!(cache.exists("c").await?);
        Ok(())
    }

    /// Of two batches at once every entry is written, and what both remove counts once.
    #[case]
    async fn at_once_all_are_written(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let (first, second) = (entries(&[("a", "1")]), entries(&[("b", "2")]));
        let stored = at_once(one.set_many(&first, None), two.set_many(&second, None)).await;
        stored.0?;
        stored.1?;
        let keys = owned(&["a", "b"]);
        let (first, second) = at_once(one.delete_many(&keys), two.delete_many(&keys)).await;
        assert_eq!(first? + second?, 2);
        Ok(())
    }

    /// Each handle is told what its own batch has removed.
    #[case]
    async fn handles_are_answered_apart(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set_many(&entries(&[("a", "1"), ("b", "2")]), None)
            .await?;
        assert_eq!(one.delete_many(&owned(&["a", "b"])).await?, 2);
        assert_eq!(two.delete_many(&owned(&["a", "b"])).await?, 0);
        Ok(())
    }
}
