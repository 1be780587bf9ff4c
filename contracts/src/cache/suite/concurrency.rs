//! Several callers at once, each with a handle of its own.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use bytes::Bytes;

use super::phrases::{Task, entries, get, owned, versioned};
use crate::cache::together::together;
use crate::cache::{CacheError, CacheInterface, Swap};
use crate::contract_suite;

/// Several callers at once, each with a handle of its own.
#[contract_suite(CacheInterface, group = concurrency)]
pub mod suite {
    use super::*;

    /// Every increment counts, and each has a sum of its own.
    #[case(needs(counters))]
    async fn concurrent_increments_are_exact(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
        three: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let sums = RefCell::new(BTreeSet::new());
        let count = async |cache: &dyn CacheInterface| {
            for _ in 0..10 {
                let sum = cache.increment("n", 1).await?;
                assert!(sums.borrow_mut().insert(sum), "two were told {sum}");
                tokio::task::yield_now().await;
            }
            Ok(())
        };
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for cache in [one, two, three, one, two, three] {
            tasks.push(Box::pin(count(cache)));
        }
        together(tasks).await?;
        assert_eq!(sums.into_inner(), (1..=60).collect());
        assert_eq!(one.increment("n", 0).await?, 60);
        Ok(())
    }

    /// Of several who add one has stored, and its value is the one that is there.
    #[case]
    async fn concurrent_add_has_one_winner(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
        three: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for round in 0..5 {
            let key = round.to_string();
            let winners = RefCell::new(Vec::new());
            let add = async |cache: &dyn CacheInterface, name: u8| {
                if cache.add(&key, &[name], None).await? {
                    winners.borrow_mut().push(name);
                }
                Ok(())
            };
            let mut tasks: Vec<Task<'_>> = Vec::new();
            for (name, cache) in (0..).zip([one, two, three, one, two, three]) {
                tasks.push(Box::pin(add(cache, name)));
            }
            together(tasks).await?;
            let winners = winners.into_inner();
            assert_eq!(winners.len(), 1, "{winners:?}");
            assert_eq!(get(one, &key).await?, Some(winners));
        }
        Ok(())
    }

    /// Of several who take one has the value.
    #[case]
    async fn take_is_atomic(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
        three: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for round in 0..5 {
            let key = round.to_string();
            one.set(&key, b"v", None).await?;
            let taken = Cell::new(0);
            let take = async |cache: &dyn CacheInterface| {
                if let Some(value) = cache.take(&key).await? {
                    assert_eq!(value, &b"v"[..]);
                    taken.set(taken.get() + 1);
                }
                Ok(())
            };
            let mut tasks: Vec<Task<'_>> = Vec::new();
            for cache in [one, two, three, one, two, three] {
                tasks.push(Box::pin(take(cache)));
            }
            together(tasks).await?;
            assert_eq!(taken.get(), 1);
        }
        Ok(())
    }

    /// Who swaps what was read, and reads again where that was stale, loses nobody's update.
    #[case]
    async fn concurrent_cas_loses_no_update(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
        three: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"", None).await?;
        let append = async |cache: &dyn CacheInterface, name: u8| {
            for _ in 0..5 {
                loop {
                    let read = versioned(cache, "k").await?;
                    tokio::task::yield_now().await;
                    let new = [&read.value, &[name][..]].concat();
                    match cache
                        .compare_and_swap("k", &read.version, &new, None)
                        .await?
                    {
                        Swap::Stored => break,
                        Swap::Stale => {}
                        Swap::Missing => panic!("nobody has deleted it"),
                    }
                }
            }
            Ok(())
        };
        let mut tasks: Vec<Task<'_>> = Vec::new();
        for (name, cache) in (0..).zip([one, two, three, one, two, three]) {
            tasks.push(Box::pin(append(cache, name)));
        }
        together(tasks).await?;
        let mut all = get(one, "k").await?.unwrap_or_default();
        all.sort_unstable();
        let expected: Vec<u8> = (0..6).flat_map(|name| [name; 5]).collect();
        assert_eq!(all, expected);
        Ok(())
    }

    /// What one handle was told to be written, another one finds at once.
    #[case]
    async fn read_your_writes_across_handles(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        for round in 0..20 {
            let (writer, reader) = if round % 2 == 0 {
                (one, two)
            } else {
                (two, one)
            };
            let value = round.to_string();
            writer.set("k", value.as_bytes(), None).await?;
            assert_eq!(get(reader, "k").await?.as_deref(), Some(value.as_bytes()));
            writer
                .set_many(&entries(&[("a", &value), ("b", &value)]), None)
                .await?;
            let expected = Some(Bytes::from(value));
            let read = reader.get_many(&owned(&["a", "b"])).await?;
            assert_eq!(read, [expected.clone(), expected]);
            assert!(writer.delete("k").await?);
            assert!(!reader.exists("k").await?);
        }
        Ok(())
    }
}
