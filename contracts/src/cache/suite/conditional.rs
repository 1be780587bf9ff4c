//! Writes that depend on what is there.

use std::collections::BTreeSet;
use std::time::Duration;

use super::phrases::{assert_kind, assert_remaining, entries, get, owned, versioned};
use crate::cache::together::at_once;
use crate::cache::{
    CacheError, CacheErrorKind, CacheInterface, IfChanged, Swap, TimeToLive, Version,
};
use crate::{Clock, Verdict, contract_suite};

/// Writes that depend on what is there.
#[contract_suite(CacheInterface, group = conditional)]
pub mod suite {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// `add` stores only where nothing is; the loser changes neither the value nor the time to live.
    #[case]
    async fn add_only_when_absent(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.add("k", b"first", None).await?);
        assert!(!cache.add("k", b"second", Some(MINUTE)).await?);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"first"[..]));
        assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
        Ok(())
    }

    /// `replace` stores only where something is, and gives it the new time to live.
    #[case]
    async fn replace_only_when_present(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(!cache.replace("k", b"v", None).await?);
        assert!(!cache.exists("k").await?);
        cache.set("k", b"old", Some(MINUTE)).await?;
        assert!(cache.replace("k", b"new", None).await?);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"new"[..]));
        assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
        Ok(())
    }

    /// What `add` and `replace` store has the time to live that they were given.
    #[case(needs(ttl))]
    async fn stored_with_its_ttl(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.add("k", b"v", Some(MINUTE)).await?);
        assert!(matches!(cache.ttl("k").await?, TimeToLive::Remaining(left) if left <= MINUTE));
        assert!(cache.replace("k", b"v", Some(2 * MINUTE)).await?);
        assert!(matches!(cache.ttl("k").await?, TimeToLive::Remaining(left) if left > MINUTE));
        Ok(())
    }

    /// What `add` and `replace` store is under its own key, with its own value and time to live, whatever was stored
    /// before.
    #[case(needs(ttl))]
    async fn each_stores_what_it_was_given(
        cache: &dyn CacheInterface,
        clock: &Clock,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        for (key, value, ttl) in [("a", b"1", 3 * MINUTE), ("b", b"2", MINUTE)] {
            let add = cache.add(key, value, Some(ttl));
            let expiry = clock.expiry(ttl, step, add).await?;
            assert_eq!(get(cache, key).await?.as_deref(), Some(&value[..]));
            assert_remaining(cache, key, &expiry).await?;
        }
        for (key, value, ttl) in [("a", b"3", MINUTE), ("b", b"4", 3 * MINUTE)] {
            let replace = cache.replace(key, value, Some(ttl));
            let expiry = clock.expiry(ttl, step, replace).await?;
            assert_eq!(get(cache, key).await?.as_deref(), Some(&value[..]));
            assert_remaining(cache, key, &expiry).await?;
        }
        assert!(!cache.replace("c", b"5", None).await?);
        Ok(())
    }

    /// Of two calls at once that add or delete an entry, one is told that it did.
    #[case]
    async fn at_once_one_wins(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let (first, second) = at_once(one.add("k", b"1", None), two.add("k", b"2", None)).await;
        let (first, second) = (first?, second?);
        assert!(first != second, "one added the entry");
        let winner = if first { &b"1"[..] } else { &b"2"[..] };
        assert_eq!(get(one, "k").await?.as_deref(), Some(winner));
        let (first, second) = at_once(one.delete("k"), two.delete("k")).await;
        assert!(first? != second?, "one deleted the entry");
        Ok(())
    }

    /// A time to live of zero: `add` says whether nothing was there, `replace` whether something was, and both
    /// leave nothing of their own.
    #[case(needs(ttl))]
    async fn zero_ttl(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.add("k", b"v", Some(Duration::ZERO)).await?);
        assert!(!cache.exists("k").await?);
        assert!(!cache.replace("k", b"v", Some(Duration::ZERO)).await?);
        cache.set("k", b"old", None).await?;
        assert!(!cache.add("k", b"v", Some(Duration::ZERO)).await?);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"old"[..]));
        assert!(cache.replace("k", b"v", Some(Duration::ZERO)).await?);
        assert!(!cache.exists("k").await?);
        Ok(())
    }

    /// `take` returns what is there and removes it; what is missing stays a miss.
    #[case]
    async fn take_returns_and_removes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.take("k").await?, None);
        assert_eq!(cache.take("never").await?, None);
        for value in [&b"v"[..], b"", b"42"] {
            cache.set("k", value, Some(MINUTE)).await?;
            cache.set("other", b"stays", None).await?;
            assert_eq!(cache.take("k").await?.as_deref(), Some(value));
            assert!(!cache.exists("k").await?);
            assert_eq!(cache.take("k").await?, None);
            assert!(cache.exists("other").await?);
        }
        Ok(())
    }

    /// A read with a version reads what a plain one does.
    #[case]
    async fn get_versioned_reads_the_value(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get_versioned("k").await?, None);
        for value in [&b"v"[..], b"", b"42", b"\0\xff"] {
            cache.set("k", value, None).await?;
            for _ in 0..2 {
                assert_eq!(versioned(cache, "k").await?.value, value);
                assert_eq!(get(cache, "k").await?.as_deref(), Some(value));
            }
            assert_eq!(
                cache.get_many(&owned(&["k"])).await?[0].as_deref(),
                Some(value)
            );
            assert_eq!(cache.take("k").await?.as_deref(), Some(value));
        }
        Ok(())
    }

    /// `get_if_changed` tells an entry that is still the one that was read from one that is another, and from none.
    #[case]
    async fn get_if_changed_tells_what_changed(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"old", None).await?;
        let old = versioned(cache, "k").await?.version;
        for _ in 0..2 {
            let now = cache.get_if_changed("k", &old).await?;
            assert_eq!(now, IfChanged::Unchanged);
        }
        // As it was before, and another one all the same.
        for value in [&b"old"[..], b"", b"42"] {
            cache.set("k", value, None).await?;
            let IfChanged::Changed(new) = cache.get_if_changed("k", &old).await? else {
                panic!("it was set to {value:?} meanwhile");
            };
            assert_eq!(new.value, value);
            assert_eq!(versioned(cache, "k").await?.version, new.version);
            let again = cache.get_if_changed("k", &new.version).await?;
            assert_eq!(again, IfChanged::Unchanged);
        }
        cache.delete("k").await?;
        for key in ["k", "never"] {
            let now = cache.get_if_changed(key, &old).await?;
            assert_eq!(now, IfChanged::Missing);
        }
        Ok(())
    }

    /// To `get_if_changed` a version that was never given is another one.
    #[case]
    async fn get_if_changed_of_foreign_versions(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for value in [&b"1"[..], b"2"] {
            cache.set("k", value, None).await?;
            cache.set("other", b"3", None).await?;
            let others = versioned(cache, "other").await?.version;
            let foreign = [&b""[..], b"?", &[0; 16]].map(Version::new);
            for version in foreign.iter().chain([&others]) {
                let IfChanged::Changed(found) = cache.get_if_changed("k", version).await? else {
                    panic!("{version:?} is not its version");
                };
                assert_eq!(found, versioned(cache, "k").await?);
                assert_eq!(found.value, value);
            }
        }
        let missing = cache
            .get_if_changed("never", &Version::new(&b"?"[..]))
            .await?;
        assert_eq!(missing, IfChanged::Missing);
        Ok(())
    }

    /// Each handle is told what has changed since its own read, by whichever handle.
    #[case]
    async fn get_if_changed_across_handles(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"1", None).await?;
        let known = versioned(one, "k").await?.version;
        assert_eq!(two.get_if_changed("k", &known).await?, IfChanged::Unchanged);
        two.set("k", b"2", None).await?;
        let now = one.get_if_changed("k", &known).await?;
        assert!(matches!(now, IfChanged::Changed(new) if new.value == b"2"[..]));
        two.clear().await?;
        let now = one.get_if_changed("k", &known).await?;
        assert_eq!(now, IfChanged::Missing);
        Ok(())
    }

    /// `get_if_changed` is a read: a change of the time to live alone is none, and what has expired is missing.
    #[case(needs(ttl))]
    async fn get_if_changed_reads(
        cache: &dyn CacheInterface,
        clock: &Clock,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        let ttl = (2 * step).max(Duration::from_millis(200));
        cache.set("k", b"v", None).await?;
        let known = versioned(cache, "k").await?.version;
        let touch = cache.touch("k", ttl);
        let expiry = clock.expiry(ttl, step, touch).await?;
        let now = expiry.observe(cache.get_if_changed("k", &known)).await;
        if now.verdict == Verdict::Alive {
            assert_eq!(now.value?, IfChanged::Unchanged);
            assert_ne!(cache.ttl("k").await?, TimeToLive::Forever);
        }
        expiry.until_gone().await;
        let now = cache.get_if_changed("k", &known).await?;
        assert_eq!(now, IfChanged::Missing);
        Ok(())
    }

    /// `compare_and_swap` stores where the entry is still the one that was read.
    #[case]
    async fn compare_and_swap_stores_on_a_match(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"old", Some(MINUTE)).await?;
        let old = versioned(cache, "k").await?;
        let swap = cache
            .compare_and_swap("k", &old.version, b"new", None)
            .await?;
        assert_eq!(swap, Swap::Stored);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"new"[..]));
        assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
        let new = versioned(cache, "k").await?;
        assert_eq!(new.value, &b"new"[..]);
        let swap = cache.compare_and_swap("k", &new.version, b"", None).await?;
        assert_eq!(swap, Swap::Stored);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b""[..]));
        Ok(())
    }

    /// `compare_and_swap` changes nothing where the entry is another one by now, or never had the version.
    #[case]
    async fn compare_and_swap_is_stale_after_a_write(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"1", None).await?;
        let old = versioned(cache, "k").await?.version;
        cache.set("k", b"2", Some(MINUTE)).await?;
        let foreign = [&b""[..], b"?", &[0; 8], &[0; 16]].map(Version::new);
        for version in foreign.iter().chain([&old]) {
            let swap = cache.compare_and_swap("k", version, b"3", None).await?;
            assert_eq!(swap, Swap::Stale, "{version:?}");
        }
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"2"[..]));
        assert!(matches!(cache.ttl("k").await?, TimeToLive::Remaining(_)));
        Ok(())
    }

    /// `compare_and_swap` stores nothing where nothing is.
    #[case]
    async fn compare_and_swap_of_a_missing_key(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"1", None).await?;
        let old = versioned(cache, "k").await?.version;
        cache.delete("k").await?;
        for key in ["k", "never"] {
            let swap = cache.compare_and_swap(key, &old, b"2", None).await?;
            assert_eq!(swap, Swap::Missing);
            assert!(!cache.exists(key).await?);
        }
        Ok(())
    }

    /// An entry that was changed and changed back is another one, whatever changed it.
    #[case]
    async fn aba_is_not_a_match(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"5", None).await?;
        let mut versions = vec![versioned(cache, "k").await?.version];
        for way in 0..7 {
            match way {
                0 => cache.set("k", b"5", None).await?,
                1 => cache.set_many(&entries(&[("k", "5")]), None).await?,
                2 => assert!(cache.replace("k", b"5", None).await?),
                3 => {
                    cache.delete("k").await?;
                    assert!(cache.add("k", b"5", None).await?);
                }
                4 => {
                    cache.take("k").await?;
                    cache.set("k", b"5", None).await?;
                }
                5 => {
                    let last = &versions[versions.len() - 1];
                    let swap = cache.compare_and_swap("k", last, b"5", None).await?;
                    assert_eq!(swap, Swap::Stored);
                }
                _ => {
                    cache.delete_many(&owned(&["k"])).await?;
                    cache.set("k", b"5", None).await?;
                }
            }
            for old in &versions {
                let swap = cache.compare_and_swap("k", old, b"lost", None).await?;
                assert_eq!(swap, Swap::Stale, "way {way}");
            }
            versions.push(versioned(cache, "k").await?.version);
        }
        let distinct: BTreeSet<&[u8]> = versions.iter().map(Version::as_bytes).collect();
        assert_eq!(distinct.len(), versions.len());
        Ok(())
    }

    /// Counting is a write like any other: back at the old number, the version is another one.
    #[case(needs(counters))]
    async fn counting_back_is_not_a_match(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("n", b"5", Some(MINUTE)).await?;
        let old = versioned(cache, "n").await?.version;
        assert_eq!(cache.increment("n", 1).await?, 6);
        assert_eq!(cache.increment("n", -1).await?, 5);
        assert_eq!(get(cache, "n").await?.as_deref(), Some(&b"5"[..]));
        let swap = cache.compare_and_swap("n", &old, b"0", None).await?;
        assert_eq!(swap, Swap::Stale);
        assert!(matches!(cache.ttl("n").await?, TimeToLive::Remaining(_)));
        Ok(())
    }

    /// What was read with a version, or swapped in, counts as ever: to both ends, and not where it is no number.
    #[case(needs(counters))]
    async fn versioned_entries_count(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        for (end, by) in [(i64::MAX, 1), (i64::MIN, -1)] {
            cache
                .set("n", (end - by).to_string().as_bytes(), Some(MINUTE))
                .await?;
            versioned(cache, "n").await?;
            assert_eq!(cache.increment("n", by).await?, end);
            let old = versioned(cache, "n").await?;
            assert_kind(cache.increment("n", by).await, CacheErrorKind::OutOfRange);
            assert!(matches!(cache.ttl("n").await?, TimeToLive::Remaining(_)));
            // What failed has changed nothing, the version included.
            let swap = cache
                .compare_and_swap("n", &old.version, b"007", None)
                .await?;
            assert_eq!(swap, Swap::Stored);
            assert_kind(cache.increment("n", by).await, CacheErrorKind::WrongKind);
            assert_eq!(get(cache, "n").await?.as_deref(), Some(&b"007"[..]));
        }
        Ok(())
    }

    /// Reading leaves the version as it is, by whichever handle, and so does changing the time to live alone.
    #[case(needs(ttl))]
    async fn version_stays_until_the_value_is_written(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        let version = versioned(one, "k").await?.version;
        two.get("k").await?;
        two.get_many(&owned(&["k"])).await?;
        assert!(two.exists("k").await?);
        assert_eq!(versioned(two, "k").await?.version, version);
        assert!(one.touch("k", MINUTE).await?);
        assert!(two.persist("k").await?);
        assert!(!one.add("k", b"w", None).await?);
        assert_eq!(versioned(one, "k").await?.version, version);
        let swap = two.compare_and_swap("k", &version, b"w", None).await?;
        assert_eq!(swap, Swap::Stored);
        Ok(())
    }

    /// What is read with a version keeps its time to live; what is swapped in has the one that it was given.
    #[case(needs(ttl))]
    async fn compare_and_swap_sets_the_ttl(
        cache: &dyn CacheInterface,
        clock: &Clock,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        let ttl = (2 * step).max(Duration::from_millis(200));
        cache.set("k", b"1", Some(MINUTE)).await?;
        let old = versioned(cache, "k").await?.version;
        assert!(matches!(cache.ttl("k").await?, TimeToLive::Remaining(left) if left <= MINUTE));
        let swap = cache.compare_and_swap("k", &old, b"2", Some(ttl));
        let expiry = clock.expiry(ttl, step, swap).await?;
        expiry.until_gone().await;
        assert!(!cache.exists("k").await?);
        cache.set("k", b"1", None).await?;
        let old = versioned(cache, "k").await?.version;
        let swap = cache.compare_and_swap("k", &old, b"2", Some(Duration::MAX));
        assert_eq!(swap.await?, Swap::Stored);
        assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
        let old = versioned(cache, "k").await?.version;
        let swap = cache.compare_and_swap("k", &old, b"2", Some(MINUTE));
        let minute = clock.expiry(MINUTE, step, swap).await?;
        assert_remaining(cache, "k", &minute).await?;
        let old = versioned(cache, "k").await?.version;
        let gone = Some(Duration::ZERO);
        assert_eq!(
            cache.compare_and_swap("k", &old, b"3", gone).await?,
            Swap::Stored
        );
        assert!(!cache.exists("k").await?);
        Ok(())
    }

    /// `compare_and_swap` refuses a value over the limit, and a key, as `set` does.
    #[case]
    async fn compare_and_swap_refuses_what_is_too_large(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        let old = versioned(cache, "k").await?.version;
        let large = vec![0; cache.limits().value_bytes + 1];
        let swap = cache.compare_and_swap("k", &old, &large, None).await;
        assert_kind(swap, CacheErrorKind::ValueTooLarge);
        let long = "k".repeat(cache.limits().key_bytes + 1);
        let swap = cache.compare_and_swap(&long, &old, b"v", None).await;
        assert_kind(swap, CacheErrorKind::InvalidKey);
        assert_kind(cache.get_versioned(&long).await, CacheErrorKind::InvalidKey);
        let read = cache.get_if_changed(&long, &old).await;
        assert_kind(read, CacheErrorKind::InvalidKey);
        assert_kind(cache.take(&long).await, CacheErrorKind::InvalidKey);
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }
}
