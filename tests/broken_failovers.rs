//! The suite of failovers against caches on a cluster that break one promise each: every case must be seen failing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Swap, TimeToLive, Version, Versioned,
};
use contrait::report::Outcome;
use contrait::{Context, SetupError, backend};
use contrait_redis_rs::RedisCache;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    /// What failed is counted once more, and is counted in any case.
    FailuresCountTwice,
    FailuresAreForEver,
    FailuresAreOther,
}

const FLAWS: [Flaw; 3] = [
    Flaw::FailuresCountTwice,
    Flaw::FailuresAreForEver,
    Flaw::FailuresAreOther,
];

struct Broken {
    inner: RedisCache,
    flaw: Flaw,
    failed: AtomicBool,
}

#[async_trait]
impl CacheInterface for Broken {
    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let failed = self.failed.load(Ordering::SeqCst);
        if failed && self.flaw == Flaw::FailuresAreForEver {
            return Err(CacheError::new(CacheErrorKind::Unavailable, "for good"));
        }
        let twice = failed && self.flaw == Flaw::FailuresCountTwice;
        let answer = self
            .inner
            .increment(key, if twice { 2 * by } else { by })
            .await;
        let Err(error) = answer else { return answer };
        self.failed.store(true, Ordering::SeqCst);
        Err(match self.flaw {
            Flaw::FailuresAreOther => CacheError::new(CacheErrorKind::Other, "moved"),
            _ => error,
        })
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.inner.get(key).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.inner.set(key, value, ttl).await
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.inner.add(key, value, ttl).await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.inner.replace(key, value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.inner.delete(key).await
    }

    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        self.inner.get_versioned(key).await
    }

    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        self.inner.compare_and_swap(key, version, value, ttl).await
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.inner.exists(key).await
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        self.inner.touch(key, ttl).await
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.inner.persist(key).await
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        self.inner.ttl(key).await
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.inner.close().await
    }

    fn limits(&self) -> CacheLimits {
        self.inner.limits()
    }
}

/// The thread of a case has the name of the one that runs it, which here is that of the flaw.
#[backend(contrait::cache::failover::suite, tests = false)]
async fn broken(cx: &Context) -> Result<Broken, SetupError> {
    let thread = thread::current();
    let name = thread.name().unwrap_or_default();
    let found = FLAWS.into_iter().find(|flaw| format!("{flaw:?}") == name);
    Ok(Broken {
        inner: contrait_redis_rs::backend::failover::redis_rs_cluster(cx).await?,
        flaw: found.unwrap_or(Flaw::Nothing),
        failed: AtomicBool::default(),
    })
}

fn cases() -> BTreeSet<&'static str> {
    let promises = broken::conformance().promises();
    promises.iter().map(|promise| promise.name).collect()
}

/// Those of the cases that pass on a cache with this flaw, and what the others failed for.
fn passing(flaw: Flaw) -> BTreeSet<&'static str> {
    let run = |case| {
        let thread = thread::Builder::new().name(format!("{flaw:?}"));
        let running = thread.spawn(move || broken::conformance().run(case));
        (case, running.expect("a thread"))
    };
    let running: Vec<_> = cases().into_iter().map(run).collect();
    let ended = running
        .into_iter()
        .map(|(case, running)| (case, running.join().unwrap()));
    let passed = ended.filter(|(_, record)| record.outcome == Outcome::Passed);
    passed.map(|(case, _)| case).collect()
}

#[test]
fn failures_that_count_twice_are_noticed() {
    assert!(passing(Flaw::FailuresCountTwice).is_empty());
}

#[test]
fn failures_that_are_for_ever_are_noticed() {
    assert!(passing(Flaw::FailuresAreForEver).is_empty());
}

#[test]
fn failures_of_another_kind_are_noticed() {
    assert!(passing(Flaw::FailuresAreOther).is_empty());
}

#[test]
fn without_a_flaw_everything_passes() {
    assert_eq!(passing(Flaw::Nothing), cases());
}
