//! The suite of faults against caches that break one promise each: every case must be seen failing.
//!
//! Each cache is redis-rs with one flaw, of the kind that clients really have. Flaws that hang take as long as a case
//! waits, so each flaw is a test of its own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Swap, TimeToLive, Version, Versioned,
};
use contrait::report::Outcome;
use contrait::{Context, SetupError, backend};
use contrait_redis_rs::RedisCache;
use contrait_servers::Servers;

/// Each flaw, with cases that must notice it.
const FLAWS: &[(Flaw, &[&str])] = &[
    (Flaw::Nothing, &[]),
    (
        Flaw::OutageIsMiss,
        &[
            "network::unavailable_is_an_error_not_a_miss",
            "server::a_killed_server_is_an_error",
            "refusals::full_memory_is_an_error_of_what_needs_some",
            "refusals::a_loading_server_is_an_error",
        ],
    ),
    (
        Flaw::OutageIsOther,
        &[
            "network::stalled_requests_are_bounded_in_time",
            "network::a_late_clear_happened_or_did_not",
            "network::a_black_hole_is_bounded_in_time",
            "network::a_reset_reaches_everybody_who_waits",
            "server::a_stopped_server_is_an_error",
            "server::a_frozen_server_is_bounded_in_time",
            "refusals::full_memory_is_an_error_of_what_needs_some",
            "refusals::a_read_only_server_refuses_changes",
        ],
    ),
    (
        Flaw::OutageHangs,
        &[
            "network::stalled_replies_are_bounded_in_time",
            "server::a_killed_server_is_an_error",
        ],
    ),
    (
        Flaw::OutageIsForEver,
        &["server::a_stopped_server_is_an_error"],
    ),
    (
        Flaw::OutageLastsLonger,
        &["server::is_back_within_a_second"],
    ),
    (
        Flaw::IncrementsAreRetried,
        &["network::no_increment_is_applied_twice"],
    ),
    (
        Flaw::IncrementsAreMadeUpFor,
        &[
            "network::a_late_increment_is_applied_once",
            "refusals::a_read_only_server_refuses_changes",
        ],
    ),
    (
        Flaw::RepliesAreTorn,
        &["network::a_reply_cut_short_is_no_value"],
    ),
    (
        Flaw::RequestsAreTorn,
        &["network::a_request_cut_short_tears_no_value"],
    ),
    (
        Flaw::AbandonedAnswersAreKept,
        &[
            "answers::a_late_reply_answers_nobody",
            "answers::a_cancelled_call_never_answers_the_next_one",
        ],
    ),
    (
        Flaw::AnswersAreMixedUp,
        &[
            "answers::slow_replies_reach_their_own_callers",
            "answers::lost_connections_mix_up_no_answers",
            "server::reconnects_after_a_server_restart",
        ],
    ),
    (
        Flaw::CancelledWritesAreRepeated,
        &["answers::a_cancelled_write_happened_or_did_not"],
    ),
    (
        Flaw::ErrorsPanic,
        &[
            "answers::answers_of_no_protocol_do_no_harm",
            "answers::nested_answers_do_no_harm",
        ],
    ),
    (Flaw::ErrorsShowTheUrl, &["errors::errors_tell_no_secret"]),
    (Flaw::ErrorsNameNobody, &["errors::errors_name_the_server"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    OutageIsMiss,
    OutageIsOther,
    OutageHangs,
    OutageIsForEver,
    OutageLastsLonger,
    IncrementsAreRetried,
    IncrementsAreMadeUpFor,
    RepliesAreTorn,
    RequestsAreTorn,
    AbandonedAnswersAreKept,
    AnswersAreMixedUp,
    CancelledWritesAreRepeated,
    ErrorsPanic,
    ErrorsShowTheUrl,
    ErrorsNameNobody,
}

impl Flaw {
    /// The thread of a case has the name of the one that runs it, which here is that of the flaw.
    fn of_this_thread() -> Self {
        let thread = thread::current();
        let name = thread.name().unwrap_or_default();
        let found = FLAWS.iter().find(|(flaw, _)| format!("{flaw:?}") == name);
        found.expect("a thread for a flaw").0
    }
}

struct Broken {
    inner: RedisCache,
    flaw: Flaw,
    url: String,
    gone: AtomicBool,
    away_until: Mutex<Option<Instant>>,
    reading: AtomicUsize,
    owed: AtomicI64,
    /// The key that was asked for last, and whose answer nobody took.
    last: Mutex<String>,
    abandoned: Mutex<Option<String>>,
}

impl Broken {
    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// What a caller is told, who should have been told this.
    async fn tell<T>(&self, answer: Result<T, CacheError>, miss: T) -> Result<T, CacheError> {
        if self.gone.load(Ordering::SeqCst) {
            return Err(CacheError::new(
                CacheErrorKind::Unavailable,
                "gone for good",
            ));
        }
        if lock(&self.away_until).is_some_and(|until| Instant::now() < until) {
            return Err(CacheError::new(CacheErrorKind::Unavailable, "not yet"));
        }
        let Err(error) = answer else { return answer };
        match self.flaw {
            Flaw::OutageIsMiss => return Ok(miss),
            Flaw::OutageHangs => std::future::pending().await,
            Flaw::OutageIsForEver => self.gone.store(true, Ordering::SeqCst),
            Flaw::OutageLastsLonger => {
                *lock(&self.away_until) = Some(Instant::now() + Duration::from_secs(10));
            }
            Flaw::ErrorsPanic => panic!("no answer"),
            _ => {}
        }
        Err(match self.flaw {
            Flaw::OutageIsOther => CacheError::new(CacheErrorKind::Other, "something went wrong"),
            Flaw::ErrorsShowTheUrl => {
                let shown = format!("{} at {}", error.message(), self.url);
                CacheError::new(error.kind(), shown)
            }
            Flaw::ErrorsNameNobody => CacheError::new(error.kind(), "no answer"),
            _ => error,
        })
    }

    /// The key that is really asked for.
    fn key(&self, key: &str) -> String {
        let last = std::mem::replace(&mut *lock(&self.last), key.to_owned());
        match self.flaw {
            Flaw::AbandonedAnswersAreKept => lock(&self.abandoned).take().unwrap_or(key.to_owned()),
            Flaw::AnswersAreMixedUp if self.reading.load(Ordering::SeqCst) > 0 => last,
            _ => key.to_owned(),
        }
    }
}

/// Notes whose answer was not taken.
struct Asking<'a>(&'a Broken, Option<String>);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.reading.fetch_sub(1, Ordering::SeqCst);
        if let Some(key) = self.1.take() {
            *lock(&self.0.abandoned) = Some(key);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl CacheInterface for Broken {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        if self.is(Flaw::IncrementsAreMadeUpFor) && self.owed.load(Ordering::SeqCst) > 0 {
            let owed = self.owed.load(Ordering::SeqCst);
            self.inner.increment(key, owed).await?;
            self.owed.store(0, Ordering::SeqCst);
        }
        let really = self.key(key);
        self.reading.fetch_add(1, Ordering::SeqCst);
        let mut asking = Asking(self, Some(key.to_owned()));
        let answer = self.inner.get(&really).await;
        if answer.is_ok() {
            asking.1 = None;
        }
        if self.is(Flaw::RepliesAreTorn) && answer.is_err() {
            return Ok(Some(Bytes::from_static(b"a val")));
        }
        self.tell(answer, None).await
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let answer = self.inner.get_many(keys).await;
        self.tell(answer, vec![None; keys.len()]).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let answer = self.inner.set(key, value, ttl).await;
        if self.is(Flaw::RequestsAreTorn) && answer.is_err() {
            self.inner.set(key, &value[..value.len() / 2], ttl).await?;
        }
        self.tell(answer, ()).await
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let answer = self.inner.add(key, value, ttl).await;
        self.tell(answer, false).await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let answer = self.inner.replace(key, value, ttl).await;
        self.tell(answer, false).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let answer = self.inner.delete(key).await;
        self.tell(answer, false).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        let answer = self.inner.exists(key).await;
        self.tell(answer, false).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let was_abandoned = lock(&self.abandoned).take().is_some();
        if self.is(Flaw::CancelledWritesAreRepeated) && was_abandoned {
            self.inner.increment(key, 2).await?;
        }
        self.reading.fetch_add(1, Ordering::SeqCst);
        let mut asking = Asking(self, Some(key.to_owned()));
        let answer = self.inner.increment(key, by).await;
        asking.1 = None;
        if answer.is_err() {
            self.owed.fetch_add(by, Ordering::SeqCst);
        }
        if self.is(Flaw::IncrementsAreRetried) && answer.is_err() {
            let again = self.inner.increment(key, by).await;
            return self.tell(again, 0).await;
        }
        self.tell(answer, 0).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        let answer = self.inner.touch(key, ttl).await;
        self.tell(answer, false).await
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let answer = self.inner.persist(key).await;
        self.tell(answer, false).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        let answer = self.inner.ttl(key).await;
        self.tell(answer, TimeToLive::Missing).await
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let answer = self.inner.get_versioned(key).await;
        self.tell(answer, None).await
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        let answer = self.inner.compare_and_swap(key, version, value, ttl).await;
        self.tell(answer, Swap::Missing).await
    }

    async fn clear(&self) -> Result<(), CacheError> {
        let answer = self.inner.clear().await;
        self.tell(answer, ()).await
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.inner.close().await
    }

    fn limits(&self) -> CacheLimits {
        self.inner.limits()
    }
}

#[backend(contrait::cache::faults::suite, tests = false)]
async fn broken(cx: &Context) -> Result<Broken, SetupError> {
    let redis = cx.redis().await?;
    Ok(Broken {
        inner: contrait_redis_rs::backend::faults::redis_rs(cx).await?,
        flaw: Flaw::of_this_thread(),
        url: redis.url().to_owned(),
        gone: AtomicBool::default(),
        away_until: Mutex::default(),
        reading: AtomicUsize::default(),
        owed: AtomicI64::default(),
        last: Mutex::default(),
        abandoned: Mutex::default(),
    })
}

fn cases() -> BTreeSet<&'static str> {
    let promises = broken::conformance().promises();
    promises.iter().map(|promise| promise.name).collect()
}

/// Those of `cases` that pass on a cache with this flaw.
fn passing(flaw: Flaw, cases: &BTreeSet<&'static str>) -> BTreeSet<&'static str> {
    let passes = |case: &'static str| {
        let thread = thread::Builder::new().name(format!("{flaw:?}"));
        let running = thread
            .spawn(move || broken::conformance().run(case))
            .unwrap();
        (case, running)
    };
    // All at once, since most of them wait.
    let running: Vec<_> = cases.iter().copied().map(passes).collect();
    running
        .into_iter()
        .map(|(case, record)| (case, record.join().unwrap()))
        .filter(|(_, record)| {
            // A case fails by what its backend did, and shows what that was.
            let failed = record.outcome == Outcome::Failed;
            assert!(!failed || !record.operations.is_empty(), "{record}");
            !failed
        })
        .map(|(case, _)| case)
        .collect()
}

macro_rules! each_is_noticed {
    ($($test:ident: $flaw:ident),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                let (flaw, noticing) = FLAWS.iter().find(|(flaw, _)| *flaw == Flaw::$flaw).unwrap();
                let passing = passing(*flaw, &noticing.iter().copied().collect());
                assert!(passing.is_empty(), "not noticed by {passing:#?}");
            }
        )*

        #[test]
        fn every_flaw_has_its_test() {
            let tested = [Flaw::Nothing, $(Flaw::$flaw),*];
            assert!(FLAWS.iter().map(|(flaw, _)| *flaw).eq(tested));
        }
    };
}

each_is_noticed! {
    outage_is_miss: OutageIsMiss,
    outage_is_other: OutageIsOther,
    outage_hangs: OutageHangs,
    outage_is_for_ever: OutageIsForEver,
    outage_lasts_longer: OutageLastsLonger,
    increments_are_retried: IncrementsAreRetried,
    increments_are_made_up_for: IncrementsAreMadeUpFor,
    replies_are_torn: RepliesAreTorn,
    requests_are_torn: RequestsAreTorn,
    abandoned_answers_are_kept: AbandonedAnswersAreKept,
    answers_are_mixed_up: AnswersAreMixedUp,
    cancelled_writes_are_repeated: CancelledWritesAreRepeated,
    errors_panic: ErrorsPanic,
    errors_show_the_url: ErrorsShowTheUrl,
    errors_name_nobody: ErrorsNameNobody,
}

#[test]
fn without_a_flaw_everything_passes() {
    assert_eq!(passing(Flaw::Nothing, &cases()), cases());
}

#[test]
fn every_case_notices_a_flaw() {
    let noticing: BTreeSet<_> = FLAWS
        .iter()
        .flat_map(|(_, cases)| *cases)
        .copied()
        .collect();
    assert_eq!(noticing, cases());
}
