//! When entries go, and when they stay.

use std::time::Duration;

use super::phrases::{assert_kind, assert_remaining, get, owned};
use crate::cache::together::at_once;
use crate::cache::{
    CacheError, CacheErrorKind, CacheInterface, FOREVER, Swap, TimeToLive, Version,
};
use crate::{Clock, Expiry, Verdict, Watch, contract_suite};

/// When entries go, and when they stay.
#[contract_suite(CacheInterface, group = ttl)]
pub mod suite {
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
    async fn no_ttl_persists(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn is_never_early(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn over_thirty_days(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn just_below_huge(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn touch_extends(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn touch_shortens(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
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
    async fn persist_says_whether_it_changed(cache: &dyn CacheInterface) -> Result<(), CacheError> {
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
