//! The behaviour of a cache: what every backend owes, case by case.
//!
//! One case is one promise of [`CacheInterface`](super::CacheInterface), and its doc line is that promise. Times are
//! taken from the backend's own resolution, and an expiry is judged by interval, so that the same case is exact on a
//! virtual clock and right on a real one. What a handle does when its server goes away is left to other suites.

#[cfg(feature = "check")]
use super::model::CacheModel;
use super::{
    CacheError, CacheErrorKind, CacheInterface, FOREVER, IfChanged, Swap, TimeToLive, TypedCache,
    Version, Versioned,
};
use crate::contract_suite;

/// The cases of the cache contract.
#[cfg_attr(not(feature = "check"), contract_suite(CacheInterface))]
#[cfg_attr(
    feature = "check",
    contract_suite(
        CacheInterface,
        model = |cache| CacheModel::new(cache.limits())
    )
)]
pub mod suite {
    use std::cell::{Cell, RefCell};
    use std::collections::{BTreeMap, BTreeSet};
    use std::fmt::Debug;
    use std::future::{Future, poll_fn};
    use std::pin::pin;
    use std::task::Poll;
    use std::time::Duration;

    use bytes::Bytes;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::cache::together::{Caller, together};
    use crate::{Clock, Expiry, Verdict, Watch};

    /// Bytes as a test writes them.
    async fn get(cache: &dyn CacheInterface, key: &str) -> Result<Option<Vec<u8>>, CacheError> {
        Ok(cache.get(key).await?.map(|value| value.to_vec()))
    }

    type Task<'a> = Caller<'a, CacheError>;

    #[track_caller]
    fn assert_kind<T: Debug>(result: Result<T, CacheError>, kind: CacheErrorKind) {
        match result {
            Ok(value) => panic!("an error of kind {kind:?} was due, and it answered {value:?}"),
            Err(error) => assert_eq!(error.kind(), kind, "{error:?}"),
        }
    }

    fn owned(keys: &[&str]) -> Vec<String> {
        keys.iter().copied().map(str::to_owned).collect()
    }

    /// What two calls yield that are made at once.
    async fn at_once<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
        let (mut one, mut other) = (pin!(one), pin!(other));
        let (mut first, mut second) = (None, None);
        poll_fn(|context| {
            if first.is_none()
                && let Poll::Ready(yielded) = one.as_mut().poll(context)
            {
                first = Some(yielded);
            }
            if second.is_none()
                && let Poll::Ready(yielded) = other.as_mut().poll(context)
            {
                second = Some(yielded);
            }
            match (first.take(), second.take()) {
                (Some(first), Some(second)) => Poll::Ready((first, second)),
                (one, other) => {
                    (first, second) = (one, other);
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Begins a call, and drops it where it has to wait.
    async fn give_up<T>(call: impl Future<Output = T>) {
        let mut call = pin!(call);
        poll_fn(|context| {
            let _ = call.as_mut().poll(context);
            Poll::Ready(())
        })
        .await;
    }

    /// What `ttl` answers must fit what is known of the expiry, give or take a step of the backend's clock.
    async fn assert_remaining(
        cache: &dyn CacheInterface,
        key: &str,
        expiry: &Expiry,
    ) -> Result<(), CacheError> {
        let step = cache.limits().ttl_resolution;
        let (_, most) = expiry.remaining();
        let answer = cache.ttl(key).await?;
        let (least, _) = expiry.remaining();
        let TimeToLive::Remaining(left) = answer else {
            panic!("{least:?} to {most:?} must be left, and `ttl` says {answer:?}");
        };
        let fits = left + step >= least && left <= most + step;
        assert!(
            fits,
            "{least:?} to {most:?} must be left, and `ttl` says {left:?}"
        );
        Ok(())
    }

    fn entries(pairs: &[(&str, &str)]) -> Vec<(String, Bytes)> {
        let entry = |(key, value): &(&str, &str)| {
            ((*key).to_owned(), Bytes::copy_from_slice(value.as_bytes()))
        };
        pairs.iter().map(entry).collect()
    }

    /// So many entries that no store lists them in one step.
    fn many_entries() -> Vec<(String, Bytes)> {
        let entry = |n: u32| (format!("many {n}"), Bytes::from(n.to_string()));
        (0..1200).map(entry).collect()
    }

    async fn versioned(cache: &dyn CacheInterface, key: &str) -> Result<Versioned, CacheError> {
        let entry = cache.get_versioned(key).await?;
        Ok(entry.unwrap_or_else(|| panic!("{key:?} was set, and is missing")))
    }

    // -- round trip

    /// A value that was set is returned until it is overwritten, deleted or expired.
    #[case]
    async fn set_then_get(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// What was never set is a miss, and no error.
    #[case]
    async fn get_missing_is_none(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get("k").await?, None);
        cache.set("other", b"v", None).await?;
        assert_eq!(cache.get("k").await?, None);
        Ok(())
    }

    /// The last value that was set is the one that is returned.
    #[case]
    async fn overwrite_replaces(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"a longer first value", None).await?;
        cache.set("k", b"second", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"second"[..]));
        Ok(())
    }

    /// An entry exists from `set` to `delete`.
    #[case]
    async fn exists_follows_set_and_delete(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(!cache.exists("k").await?);
        cache.set("k", b"v", None).await?;
        assert!(cache.exists("k").await?);
        cache.delete("k").await?;
        assert!(!cache.exists("k").await?);
        Ok(())
    }

    /// `delete` says whether something was there, and deleting once more is no error.
    #[case]
    async fn delete_is_idempotent(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(!cache.delete("k").await?);
        cache.set("k", b"v", None).await?;
        assert!(cache.delete("k").await?);
        assert_eq!(cache.get("k").await?, None);
        assert!(!cache.delete("k").await?);
        Ok(())
    }

    /// An empty value is a value, and not a miss.
    #[case]
    async fn empty_value_is_not_a_miss(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b""[..]));
        assert!(cache.exists("k").await?);
        assert_eq!(cache.get_many(&owned(&["k"])).await?.len(), 1);
        assert!(cache.get_many(&owned(&["k"])).await?[0].is_some());
        Ok(())
    }

    /// Every byte comes back as it was set.
    #[case]
    async fn values_are_binary_safe(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        cache.set("k", &every_byte, None).await?;
        assert_eq!(get(cache, "k").await?, Some(every_byte));
        Ok(())
    }

    /// Bytes that look like a server's protocol are data.
    #[case]
    async fn values_that_look_like_protocol(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let looks: [&[u8]; 10] = [
            b"$-1\r\n",
            b"_\r\n",
            b"-ERR no\r\n",
            b"+OK\r\n",
            b"*0\r\n",
            b"QUEUED",
            b"OK",
            b"END\r\n",
            b"VALUE k 0 1\r\nv\r\nEND\r\n",
            b"null",
        ];
        for value in looks {
            cache.set("k", value, None).await?;
            assert_eq!(get(cache, "k").await?.as_deref(), Some(value));
        }
        Ok(())
    }

    /// A value of one mebibyte is not too large for any backend.
    #[case]
    async fn value_of_one_mebibyte(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.limits().value_bytes >= 1 << 20);
        let value: Vec<u8> = (0..1 << 20).map(|at| (at % 251) as u8).collect();
        cache.set("k", &value, None).await?;
        // Compared as a whole: a difference would print a mebibyte.
        assert!(cache.get("k").await?.is_some_and(|stored| stored == value));
        Ok(())
    }

    /// A value over the limit is refused by every write, and the handle stays usable.
    #[case]
    async fn value_over_the_limit_is_refused(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        // Zeroed memory is only claimed: whoever refuses by the length never touches it.
        let value = vec![0; cache.limits().value_bytes + 1];
        assert_kind(
            cache.set("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert_kind(
            cache.add("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert_kind(
            cache.replace("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert!(!cache.exists("k").await?);
        cache.set("k", b"v", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// After a refused overwrite the old value is there or a miss is, and never a part of either.
    #[case]
    async fn failed_overwrite_leaves_old_value_or_miss(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"old", None).await?;
        let value = vec![0; cache.limits().value_bytes + 1];
        assert_kind(
            cache.set("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        let left = get(cache, "k").await?;
        assert!(
            left.as_deref().is_none_or(|value| value == b"old"),
            "{left:?}"
        );
        Ok(())
    }

    /// What is stored is the value at the time of the call: what the caller's buffer does afterwards changes nothing.
    #[case]
    async fn values_are_stored_by_value(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let mut buffer = b"before".to_vec();
        cache.set("k", &buffer, None).await?;
        buffer.fill(b'x');
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"before"[..]));
        Ok(())
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Profile {
        name: String,
        scores: BTreeMap<String, f64>,
        nested: Vec<Option<Profile>>,
        shape: Shape,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Point,
        Circle(u64),
        Box { width: i8, height: u128 },
    }

    fn profile() -> Profile {
        let inner = Profile {
            name: "e\u{301} \u{1F980} \" \\ \0".to_owned(),
            scores: BTreeMap::new(),
            nested: Vec::new(),
            shape: Shape::Box {
                width: -128,
                height: u128::MAX,
            },
        };
        let floats = [
            0.1 + 0.2,
            -0.0,
            f64::MIN_POSITIVE,
            f64::MAX,
            51.248_178_375_505_25,
        ];
        let scores = floats.iter().map(|float| (format!("{float:e}"), *float));
        Profile {
            name: "Ada".to_owned(),
            scores: scores.collect(),
            nested: vec![None, Some(inner)],
            shape: Shape::Circle(u64::MAX),
        }
    }

    /// A serde value comes back as it was set: maps, floats to the bit, any text, nesting, enums.
    #[case]
    async fn typed_values_round_trip(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let value = profile();
        cache.set_as("k", &value, None).await?;
        let stored: Profile = cache.get_as("k").await?.expect("it was set");
        let bits = |profile: &Profile| {
            profile
                .scores
                .values()
                .map(|f| f.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(stored, value);
        assert_eq!(bits(&stored), bits(&value));
        cache.set_as("k", &Shape::Point, None).await?;
        assert_eq!(cache.get_as("k").await?, Some(Shape::Point));
        Ok(())
    }

    /// A typed `None` is a value, and told apart from a miss.
    #[case]
    async fn typed_none_is_a_value(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get_as::<Option<u8>>("k").await?, None);
        cache.set_as("k", &None::<u8>, None).await?;
        assert_eq!(cache.get_as::<Option<u8>>("k").await?, Some(None));
        Ok(())
    }

    /// Reading a value as another type is an error: no panic and no miss.
    #[case]
    async fn typed_get_of_other_type_is_an_error(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set_as("k", "hunter2", None).await?;
        let error = cache
            .get_as::<u32>("k")
            .await
            .expect_err("a text is no number");
        assert_eq!(error.kind(), CacheErrorKind::Codec);
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?} shows the value"
        );
        cache.set("k", b"\xff no JSON", None).await?;
        assert_kind(cache.get_as::<String>("k").await, CacheErrorKind::Codec);
        Ok(())
    }

    /// Two handles on one namespace see each other's writes.
    #[case]
    async fn handles_share_entries(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        assert_eq!(get(two, "k").await?.as_deref(), Some(&b"v"[..]));
        assert!(two.delete("k").await?);
        assert!(!one.exists("k").await?);
        Ok(())
    }

    /// Each handle is answered for its own calls, and not for those of another.
    #[case]
    async fn handles_are_answered_apart(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        assert!(one.exists("k").await?);
        assert!(!two.exists("missing").await?);
        assert!(one.add("added", b"v", None).await?);
        assert!(!two.add("added", b"v", None).await?);
        assert!(one.replace("k", b"w", None).await?);
        assert!(!two.replace("missing", b"w", None).await?);
        assert!(one.delete("k").await?);
        assert!(!two.delete("k").await?);
        Ok(())
    }

    /// When entries go, and when they stay.
    pub mod ttl {
        use super::*;

        const MINUTE: Duration = Duration::from_secs(60);
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);

        /// How often a case starts over, each time with twice the time, when the machine was too busy to be judged.
        const TRIES: u32 = 6;

        /// A time to live that a test can wait for, and that the backend can tell from others.
        fn short(cache: &dyn CacheInterface) -> Duration {
            (2 * cache.limits().ttl_resolution).max(Duration::from_millis(200))
        }

        async fn set_for(
            cache: &dyn CacheInterface,
            clock: &Clock,
            key: &str,
            ttl: Duration,
        ) -> Result<Expiry, CacheError> {
            let write = cache.set(key, b"1", Some(ttl));
            clock
                .expiry(ttl, cache.limits().ttl_resolution, write)
                .await
        }

        /// Sets the key for a short time and runs `act` on it while it is surely alive.
        async fn while_alive<T>(
            cache: &dyn CacheInterface,
            clock: &Clock,
            key: &str,
            act: impl AsyncFn() -> Result<T, CacheError>,
        ) -> Result<(Expiry, T), CacheError> {
            for attempt in 0..TRIES {
                let ttl = short(cache) * 2_u32.pow(attempt);
                let expiry = set_for(cache, clock, key, ttl).await?;
                let seen = expiry.observe(act()).await;
                if seen.verdict == Verdict::Alive {
                    return Ok((expiry, seen.value?));
                }
                cache.delete(key).await?;
            }
            panic!("the machine is too busy to read an entry while it is alive");
        }

        /// Watches a key through a life of `ttl`, until most of the reads could be judged.
        async fn watch(
            cache: &dyn CacheInterface,
            clock: &Clock,
            ttl: Duration,
            read: impl AsyncFn() -> Result<bool, CacheError>,
        ) -> Result<Watch, CacheError> {
            for attempt in 0..TRIES {
                let ttl = ttl * 2_u32.pow(attempt);
                let expiry = set_for(cache, clock, "k", ttl).await?;
                let watch = expiry.watch(&read).await?;
                if watch.decisive >= 0.5 || watch.early.is_some() || watch.late.is_some() {
                    return Ok(watch);
                }
            }
            panic!("the machine is too busy to watch an entry that lives for {ttl:?} and longer");
        }

        /// An entry without a time to live stays.
        #[case(needs(ttl))]
        async fn no_ttl_persists(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            cache.set("k", b"v", None).await?;
            assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
            let later = if clock.is_virtual() {
                400 * DAY
            } else {
                short(cache)
            };
            clock.advance(later).await;
            assert!(cache.exists("k").await?);
            Ok(())
        }

        /// An entry is gone once its time to live has passed.
        #[case(needs(ttl))]
        async fn expires(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
            let expiry = set_for(cache, clock, "k", short(cache)).await?;
            expiry.until_gone().await;
            assert_eq!(cache.get("k").await?, None);
            Ok(())
        }

        /// An entry is there as long as its time to live has not passed.
        #[case(needs(ttl))]
        async fn is_never_early(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let watch = watch(cache, clock, short(cache), async || cache.exists("k").await).await?;
            assert_eq!(watch.early, None, "{watch:?}");
            Ok(())
        }

        /// A time to live of zero is expired from the start: nothing is stored, and what was there is gone.
        #[case(needs(ttl))]
        async fn zero(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            cache.set("new", b"v", Some(Duration::ZERO)).await?;
            assert_eq!(cache.get("new").await?, None);
            cache.set("k", b"old", None).await?;
            cache.set("k", b"v", Some(Duration::ZERO)).await?;
            assert_eq!(cache.get("k").await?, None);
            assert_eq!(cache.ttl("k").await?, TimeToLive::Missing);
            Ok(())
        }

        /// A time to live below a millisecond is a short one: neither an error nor for ever.
        #[case(needs(ttl))]
        async fn below_a_millisecond(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            for nanos in [1, 999_999] {
                let expiry = set_for(cache, clock, "k", Duration::from_nanos(nanos)).await?;
                assert_ne!(cache.ttl("k").await?, TimeToLive::Forever);
                expiry.until_gone().await;
                assert_eq!(cache.get("k").await?, None);
            }
            Ok(())
        }

        /// What lies between two steps of the declared resolution lives as long as asked, and at most one step longer.
        #[case(needs(ttl))]
        async fn resolution_is_declared(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let step = cache.limits().ttl_resolution;
            let ttl = short(cache) + step / 2;
            let watch = watch(cache, clock, ttl, async || cache.exists("k").await).await?;
            assert_eq!(
                (watch.early, watch.late),
                (None, None),
                "{watch:?} at a step of {step:?}"
            );
            Ok(())
        }

        /// More than thirty days still count from now.
        #[case(needs(ttl))]
        async fn over_thirty_days(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let ttl = 30 * DAY + Duration::from_secs(1);
            let expiry = set_for(cache, clock, "k", ttl).await?;
            assert!(cache.exists("k").await?);
            assert_remaining(cache, "k", &expiry).await?;
            if clock.is_virtual() {
                clock.advance(ttl - MINUTE).await;
                assert!(cache.exists("k").await?);
                expiry.until_gone().await;
                assert!(!cache.exists("k").await?);
            }
            Ok(())
        }

        /// A hundred years and more, up to the largest duration there is, mean no expiry.
        #[case(needs(ttl))]
        async fn huge(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            for ttl in [
                FOREVER,
                Duration::from_millis(i64::MAX as u64),
                Duration::MAX,
            ] {
                cache.set("k", b"v", Some(ttl)).await?;
                assert!(cache.exists("k").await?, "{ttl:?}");
                assert_eq!(cache.ttl("k").await?, TimeToLive::Forever, "{ttl:?}");
            }
            assert!(cache.add("added", b"v", Some(Duration::MAX)).await?);
            assert_eq!(cache.ttl("added").await?, TimeToLive::Forever);
            Ok(())
        }

        /// A time to live just below a hundred years is kept as it is.
        #[case(needs(ttl, ttl_decades))]
        async fn just_below_huge(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let ttl = FOREVER - cache.limits().ttl_resolution;
            let expiry = set_for(cache, clock, "k", ttl).await?;
            assert!(cache.exists("k").await?);
            assert_remaining(cache, "k", &expiry).await
        }

        /// Who cannot keep a time to live of decades says so, and changes nothing: for ever would be a lie.
        #[case(needs(ttl))]
        async fn decades_are_kept_or_refused(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let ttl = FOREVER - cache.limits().ttl_resolution;
            cache.set("k", b"old", None).await?;
            match set_for(cache, clock, "k", ttl).await {
                Ok(expiry) => assert_remaining(cache, "k", &expiry).await?,
                Err(error) => {
                    assert_eq!(error.kind(), CacheErrorKind::Unsupported, "{error:?}");
                    assert_kind(cache.touch("k", ttl).await, CacheErrorKind::Unsupported);
                    assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"old"[..]));
                    assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
                }
            }
            Ok(())
        }

        /// An expired entry is a miss for every method that reads.
        #[case(needs(ttl))]
        async fn expired_is_a_miss_for_reads(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            for key in ["get", "exists", "many", "ttl", "versioned"] {
                set_for(cache, clock, key, short(cache)).await?;
            }
            set_for(cache, clock, "last", short(cache))
                .await?
                .until_gone()
                .await;
            assert_eq!(cache.get("get").await?, None);
            assert!(!cache.exists("exists").await?);
            assert_eq!(cache.get_many(&owned(&["many"])).await?, [None]);
            assert_eq!(cache.ttl("ttl").await?, TimeToLive::Missing);
            assert_eq!(cache.get_versioned("versioned").await?, None);
            Ok(())
        }

        /// An expired entry is a miss for every method that writes.
        #[case(needs(ttl))]
        async fn expired_is_a_miss_for_writes(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let keys = [
                "delete", "replace", "touch", "persist", "swap", "take", "many",
            ];
            for key in keys {
                set_for(cache, clock, key, short(cache)).await?;
            }
            // On a busy machine it is gone already, and any version will do.
            let old = cache.get_versioned("swap").await?;
            let old = old.map_or_else(|| Version::new(&b"?"[..]), |entry| entry.version);
            set_for(cache, clock, "last", short(cache))
                .await?
                .until_gone()
                .await;
            assert!(!cache.delete("delete").await?);
            assert!(!cache.replace("replace", b"v", None).await?);
            assert!(!cache.touch("touch", MINUTE).await?);
            assert!(!cache.persist("persist").await?);
            let swap = cache.compare_and_swap("swap", &old, b"v", None).await?;
            assert_eq!(swap, Swap::Missing);
            assert_eq!(cache.take("take").await?, None);
            assert_eq!(cache.delete_many(&owned(&["many"])).await?, 0);
            for key in keys {
                assert!(!cache.exists(key).await?, "{key} brought the entry back");
            }
            Ok(())
        }

        /// An expired counter counts from zero again, and without a time to live.
        #[case(needs(ttl, counters))]
        async fn expired_is_a_miss_for_increment(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            set_for(cache, clock, "n", short(cache))
                .await?
                .until_gone()
                .await;
            assert_eq!(cache.increment("n", 5).await?, 5);
            assert_eq!(cache.ttl("n").await?, TimeToLive::Forever);
            Ok(())
        }

        /// Where an entry has expired, `add` stores.
        #[case(needs(ttl))]
        async fn expired_allows_add(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            set_for(cache, clock, "k", short(cache))
                .await?
                .until_gone()
                .await;
            assert!(cache.add("k", b"new", None).await?);
            assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"new"[..]));
            assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
            Ok(())
        }

        /// An overwrite gives the entry its own time to live, a shorter and a longer one alike.
        #[case(needs(ttl))]
        async fn overwrite_sets_the_new_ttl(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            set_for(cache, clock, "shorter", MINUTE).await?;
            set_for(cache, clock, "longer", short(cache)).await?;
            let longer = set_for(cache, clock, "longer", MINUTE).await?;
            set_for(cache, clock, "shorter", short(cache))
                .await?
                .until_gone()
                .await;
            assert!(!cache.exists("shorter").await?);
            assert!(cache.exists("longer").await?);
            assert_remaining(cache, "longer", &longer).await
        }

        /// An overwrite without a time to live takes the old one off.
        #[case(needs(ttl))]
        async fn overwrite_without_ttl_clears_the_old_one(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let expiry = set_for(cache, clock, "k", short(cache)).await?;
            cache.set("k", b"v", None).await?;
            assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
            expiry.until_gone().await;
            assert!(cache.exists("k").await?);
            Ok(())
        }

        /// Counting changes the value and leaves the time to live as it is.
        #[case(needs(ttl, counters))]
        async fn increment_keeps_the_ttl(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let long = set_for(cache, clock, "long", MINUTE).await?;
            cache.increment("long", 1).await?;
            assert_remaining(cache, "long", &long).await?;
            let (expiry, sum) =
                while_alive(cache, clock, "n", async || cache.increment("n", 1).await).await?;
            assert_eq!(sum, 2);
            expiry.until_gone().await;
            assert!(!cache.exists("n").await?);
            Ok(())
        }

        /// Reading an entry again and again never lets it live longer.
        #[case(needs(ttl))]
        async fn get_never_extends(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let read = async || Ok(cache.get("k").await?.is_some());
            let watch = watch(cache, clock, short(cache), read).await?;
            assert_eq!((watch.early, watch.late), (None, None), "{watch:?}");
            Ok(())
        }

        /// Asking again and again whether an entry exists never lets it live longer.
        #[case(needs(ttl))]
        async fn exists_never_extends(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let watch = watch(cache, clock, short(cache), async || cache.exists("k").await).await?;
            assert_eq!((watch.early, watch.late), (None, None), "{watch:?}");
            Ok(())
        }

        /// `touch` gives an entry a new time to live from now, and leaves the value as it is.
        #[case(needs(ttl))]
        async fn touch_extends(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let touch = async || cache.touch("k", MINUTE).await;
            let (expiry, touched) = while_alive(cache, clock, "k", touch).await?;
            assert!(touched);
            expiry.until_gone().await;
            assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"1"[..]));
            let step = cache.limits().ttl_resolution;
            let again = clock
                .expiry(2 * MINUTE, step, cache.touch("k", 2 * MINUTE))
                .await?;
            assert_remaining(cache, "k", &again).await
        }

        /// `touch` shortens a time to live as well, and gives one to an entry that had none.
        #[case(needs(ttl))]
        async fn touch_shortens(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let (ttl, step) = (short(cache), cache.limits().ttl_resolution);
            cache.set("minute", b"v", Some(MINUTE)).await?;
            cache.set("forever", b"v", None).await?;
            cache.touch("minute", ttl).await?;
            let last = clock.expiry(ttl, step, cache.touch("forever", ttl)).await?;
            last.until_gone().await;
            assert!(!cache.exists("minute").await?);
            assert!(!cache.exists("forever").await?);
            Ok(())
        }

        /// `touch` of what is missing is false, and stores nothing.
        #[case(needs(ttl))]
        async fn touch_missing_is_false(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            for ttl in [MINUTE, Duration::ZERO, Duration::MAX] {
                assert!(!cache.touch("k", ttl).await?, "{ttl:?}");
                assert!(!cache.exists("k").await?, "{ttl:?}");
            }
            Ok(())
        }

        /// `touch` with zero removes the entry.
        #[case(needs(ttl))]
        async fn touch_zero(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            cache.set("k", b"v", None).await?;
            assert!(cache.touch("k", Duration::ZERO).await?);
            assert!(!cache.exists("k").await?);
            Ok(())
        }

        /// `touch` with a hundred years or more takes the time to live off.
        #[case(needs(ttl))]
        async fn touch_huge(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            for ttl in [FOREVER, Duration::MAX] {
                cache.set("k", b"v", Some(MINUTE)).await?;
                assert!(cache.touch("k", ttl).await?, "{ttl:?}");
                assert_eq!(cache.ttl("k").await?, TimeToLive::Forever, "{ttl:?}");
                assert!(cache.touch("k", ttl).await?, "{ttl:?} once more");
                assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
            }
            Ok(())
        }

        /// `touch` answers for the entry as it is now, however it answered before.
        #[case(needs(ttl))]
        async fn touch_answers_for_what_is_there_now(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
            cache.set("k", b"v", None).await?;
            assert!(cache.touch("k", MINUTE).await?);
            cache.delete("k").await?;
            assert!(!cache.touch("k", MINUTE).await?);
            cache.set("k", b"v", None).await?;
            assert!(cache.touch("k", MINUTE).await?);
            Ok(())
        }

        /// `persist` takes the time to live off: the entry stays.
        #[case(needs(ttl))]
        async fn persist_removes_the_ttl(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            let persist = async || cache.persist("k").await;
            let (expiry, changed) = while_alive(cache, clock, "k", persist).await?;
            assert!(changed);
            assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
            expiry.until_gone().await;
            assert!(cache.exists("k").await?);
            Ok(())
        }

        /// `persist` says whether it changed something.
        #[case(needs(ttl))]
        async fn persist_says_whether_it_changed(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
            assert!(!cache.persist("k").await?);
            cache.set("k", b"v", None).await?;
            assert!(!cache.persist("k").await?);
            cache.set("k", b"v", Some(MINUTE)).await?;
            assert!(cache.persist("k").await?);
            assert!(!cache.persist("k").await?);
            Ok(())
        }

        /// `persist` is about one entry, and the others keep their times to live.
        #[case(needs(ttl))]
        async fn persist_leaves_others_alone(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            for key in ["a", "b", "c"] {
                cache.set(key, b"v", Some(MINUTE)).await?;
            }
            assert!(cache.persist("a").await?);
            assert!(cache.persist("b").await?);
            assert_eq!(cache.ttl("a").await?, TimeToLive::Forever);
            assert_eq!(cache.ttl("b").await?, TimeToLive::Forever);
            assert!(matches!(cache.ttl("c").await?, TimeToLive::Remaining(_)));
            Ok(())
        }

        /// Each handle is told of its own entries' times to live.
        #[case(needs(ttl))]
        async fn handles_are_answered_apart(
            one: &dyn CacheInterface,
            two: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
            one.set("k", b"v", None).await?;
            assert_eq!(one.ttl("k").await?, TimeToLive::Forever);
            assert_eq!(two.ttl("missing").await?, TimeToLive::Missing);
            assert!(one.touch("k", MINUTE).await?);
            assert!(!two.touch("missing", MINUTE).await?);
            assert!(one.persist("k").await?);
            assert!(!two.persist("k").await?);
            Ok(())
        }

        /// Of two calls at once that take an entry or its time to live away, one is told that it did.
        #[case(needs(ttl))]
        async fn at_once_one_takes_it(
            one: &dyn CacheInterface,
            two: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
            one.set("k", b"v", Some(MINUTE)).await?;
            let (first, second) = at_once(one.persist("k"), two.persist("k")).await;
            assert!(first? != second?, "one took the time to live off");
            let zero = Duration::ZERO;
            let (first, second) = at_once(one.touch("k", zero), two.touch("k", zero)).await;
            assert!(first? != second?, "one removed the entry");
            one.set("k", b"v", None).await?;
            let (first, second) = at_once(
                one.replace("k", b"1", Some(zero)),
                two.replace("k", b"2", Some(zero)),
            )
            .await;
            assert!(first? != second?, "one replaced the entry");
            Ok(())
        }

        /// `ttl` tells a missing entry, one that stays and one that goes apart, and how long that one has.
        #[case(needs(ttl))]
        async fn query_tells_missing_forever_and_remaining(
            cache: &dyn CacheInterface,
            clock: &Clock,
        ) -> Result<(), CacheError> {
            assert_eq!(cache.ttl("k").await?, TimeToLive::Missing);
            cache.set("k", b"v", None).await?;
            assert_eq!(cache.ttl("k").await?, TimeToLive::Forever);
            assert_eq!(cache.ttl("other").await?, TimeToLive::Missing);
            let expiry = set_for(cache, clock, "k", MINUTE).await?;
            assert_remaining(cache, "k", &expiry).await?;
            clock.advance(cache.limits().ttl_resolution).await;
            assert_remaining(cache, "k", &expiry).await
        }
    }

    /// What a key can be.
    pub mod keys {
        use super::*;

        /// Each key gets its own value and must then be told from all the others.
        async fn assert_distinct(
            cache: &dyn CacheInterface,
            keys: &[&str],
        ) -> Result<(), CacheError> {
            for (at, key) in keys.iter().enumerate() {
                assert!(
                    !cache.exists(key).await?,
                    "{key:?} is there before it was set"
                );
                cache.set(key, at.to_string().as_bytes(), None).await?;
            }
            for (at, key) in keys.iter().enumerate() {
                let expected = at.to_string().into_bytes();
                assert_eq!(get(cache, key).await?, Some(expected), "{key:?}");
            }
            Ok(())
        }

        /// The empty key is a key like any other.
        #[case]
        async fn empty_key(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            assert_distinct(cache, &["", " "]).await?;
            assert!(cache.delete("").await?);
            assert!(!cache.exists("").await?);
            Ok(())
        }

        /// A key as long as the limit is taken, and told apart by its last byte.
        #[case]
        async fn key_of_250_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let limit = cache.limits().key_bytes;
            assert!(
                limit >= 64,
                "a limit of {limit} bytes leaves no room for keys"
            );
            let stem = "k".repeat(limit - 1);
            let keys = [&stem, &format!("{stem}a"), &format!("{stem}b")];
            assert_distinct(cache, &keys.map(String::as_str)).await
        }

        /// A key over the limit is refused by every method before anything is written, and the handle stays usable.
        #[case]
        async fn key_of_251_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            const INVALID: CacheErrorKind = CacheErrorKind::InvalidKey;
            let limit = cache.limits().key_bytes;
            let long = "k".repeat(limit + 1);
            assert_kind(cache.set(&long, b"v", None).await, INVALID);
            assert_kind(cache.add(&long, b"v", None).await, INVALID);
            assert_kind(cache.replace(&long, b"v", None).await, INVALID);
            assert_kind(cache.increment(&long, 1).await, INVALID);
            assert_kind(cache.touch(&long, Duration::from_secs(1)).await, INVALID);
            assert_kind(cache.persist(&long).await, INVALID);
            assert_kind(cache.delete(&long).await, INVALID);
            assert_kind(cache.get(&long).await, INVALID);
            assert_kind(cache.get_many(std::slice::from_ref(&long)).await, INVALID);
            assert_kind(cache.exists(&long).await, INVALID);
            assert_kind(cache.ttl(&long).await, INVALID);
            assert!(
                !cache.exists(&long[..limit]).await?,
                "a shortened key was written"
            );
            cache.set("k", b"v", None).await
        }

        /// The limit counts bytes, and not letters.
        #[case]
        async fn limit_counts_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let letters = cache.limits().key_bytes / '\u{1F980}'.len_utf8();
            let key = "\u{1F980}".repeat(letters);
            assert_distinct(cache, &[&key]).await?;
            let long = "\u{1F980}".repeat(letters + 1);
            assert_kind(
                cache.set(&long, b"v", None).await,
                CacheErrorKind::InvalidKey,
            );
            Ok(())
        }

        /// The longer the name of the namespace, the less is left for the key.
        #[case]
        async fn limit_counts_the_namespace(
            #[namespace("a")] short: &dyn CacheInterface,
            #[namespace("a-longer-name")] long: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
            let (more, less) = (short.limits().key_bytes, long.limits().key_bytes);
            assert_eq!(more - less, "-longer-name".len());
            short.set(&"k".repeat(more), b"v", None).await?;
            let refused = long.set(&"k".repeat(more), b"v", None).await;
            assert_kind(refused, CacheErrorKind::InvalidKey);
            Ok(())
        }

        /// Line ends in a key are data, and never a command.
        #[case]
        async fn cr_lf_is_data(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let keys = [
                "bystander",
                "\r",
                "\n",
                "\r\n",
                "a\r\nflush_all\r\n",
                "a\r\nFLUSHALL\r\n",
                "a 0 0 1\r\nx\r\nset bystander 0 0 1\r\n",
            ];
            assert_distinct(cache, &keys).await
        }

        /// Spaces and NUL in a key are data, wherever they stand.
        #[case]
        async fn space_and_nul(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let keys = [
                "a b", "a", " a", "a ", "a\0b", "a\0", "\0a", "\0", " ", "\t", "a\tb",
            ];
            assert_distinct(cache, &keys).await
        }

        /// Keys are any text and taken byte by byte: what looks the same and is written differently is another key.
        #[case]
        async fn unicode_is_not_normalised(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let keys = [
                "\u{e9}",
                "e\u{301}",
                "\u{212b}",
                "\u{c5}",
                "\u{fb01}",
                "fi",
                "\u{1F980}",
                "\u{feff}",
                "\u{feff}k",
                "k",
            ];
            assert_distinct(cache, &keys).await
        }

        /// Keys differ by the case of their letters.
        #[case]
        async fn are_case_sensitive(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            assert_distinct(cache, &["key", "Key", "KEY", "ß", "SS", "i", "İ", "ı"]).await
        }

        /// Characters that are patterns elsewhere mean themselves.
        #[case]
        async fn glob_characters_are_literal(cache: &dyn CacheInterface) -> Result<(), CacheError> {
            let keys = [
                "a", "ab", "*", "a*", "?", "a?", "[ab]", "a[^b]", "\\*", "{a}", "%", "_", "#",
            ];
            assert_distinct(cache, &keys).await?;
            assert!(cache.delete("*").await?);
            assert!(cache.delete("a?").await?);
            assert_eq!(get(cache, "ab").await?.as_deref(), Some(&b"1"[..]));
            assert!(cache.exists("a").await?);
            Ok(())
        }
    }

    /// What keeps namespaces apart.
    pub mod namespaces {
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

    /// Several keys at once.
    pub mod many {
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
        async fn set_many_last_duplicate_wins(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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
        async fn set_many_failure_names_the_keys(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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

    /// Writes that depend on what is there.
    pub mod conditional {
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
        async fn get_versioned_reads_the_value(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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
                    let IfChanged::Changed(found) = cache.get_if_changed("k", version).await?
                    else {
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
        async fn counting_back_is_not_a_match(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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

    /// Numbers that are counted in place.
    pub mod counters {
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

    /// What becomes of calls that nobody waits for any more: they happen at once or never.
    pub mod dropped {
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
        async fn batches_and_swaps_are_not_late(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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

    /// Everything at once.
    pub mod clear {
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

    /// Finding keys by what they begin with.
    pub mod scan {
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
        async fn dropped_deletions_are_not_late(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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

    /// Several callers at once, each with a handle of its own.
    pub mod concurrency {
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

    /// The end of a handle.
    pub mod closing {
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
        async fn calls_after_close_are_refused(
            cache: &dyn CacheInterface,
        ) -> Result<(), CacheError> {
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
}
