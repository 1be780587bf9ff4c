//! The methods of the cache contract that a backend need not write: what they make of the ones it has.
//!
//! The reference model answers for the rest, with its batches as atomic as a loop is.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::model::CacheModel;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheInterfaceModel, CacheLimits, Swap, TimeToLive,
    Version, Versioned,
};
use contrait::check::Model;
use contrait::{Context, backend};
use tokio::time::Instant;

/// Only what has no default, and listing, without which `clear` has nothing to go by.
struct Minimal {
    model: Mutex<(Instant, CacheModel)>,
    /// So many more writes succeed.
    writes: Mutex<usize>,
}

impl Minimal {
    fn new(writes: usize) -> Self {
        let limits = CacheLimits::new(200, 2 << 20, Duration::from_millis(1));
        Self {
            model: Mutex::new((Instant::now(), CacheModel::new(limits))),
            writes: Mutex::new(writes),
        }
    }

    fn model(&self) -> MutexGuard<'_, (Instant, CacheModel)> {
        let mut guard = self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let passed = now - guard.0;
        guard.1.advance(passed);
        guard.0 = now;
        guard
    }

    fn write(&self) -> Result<(), CacheError> {
        let mut writes = self.writes.lock().unwrap_or_else(PoisonError::into_inner);
        let failed = || CacheError::new(CacheErrorKind::Timeout, "no answer");
        *writes = writes.checked_sub(1).ok_or_else(failed)?;
        Ok(())
    }
}

#[async_trait]
impl CacheInterface for Minimal {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.model().1.get(key)
    }
    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.write()?;
        self.model().1.set(key, value, ttl)
    }
    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.model().1.add(key, value, ttl)
    }
    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.model().1.replace(key, value, ttl)
    }
    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.write()?;
        self.model().1.delete(key)
    }
    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        let entry = self.model().1.get_versioned(key);
        // Somebody else comes in between.
        tokio::task::yield_now().await;
        entry
    }
    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        self.model().1.compare_and_swap(key, version, value, ttl)
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.model().1.exists(key)
    }
    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        self.model().1.increment(key, by)
    }
    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        self.model().1.touch(key, ttl)
    }
    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.model().1.persist(key)
    }
    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        self.model().1.ttl(key)
    }
    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.model().1.scan(prefix)
    }
    async fn close(&self) -> Result<(), CacheError> {
        Ok(())
    }
    fn limits(&self) -> CacheLimits {
        self.model().1.limits()
    }
}

#[backend(contrait::cache::suite, clock = virtual, tests = false)]
fn minimal(cx: &Context) -> Arc<Minimal> {
    Arc::clone(&cx.shared(|| Arc::new(Minimal::new(usize::MAX))))
}

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().copied().map(str::to_owned).collect()
}

#[test]
fn defaults_keep_the_promises() {
    let conformance = minimal::conformance();
    let in_one_namespace =
        |name: &str| !name.contains("scoped") && name != "many::set_many_atomicity_is_declared";
    let groups = [
        "many::",
        "clear::",
        "scan::",
        "concurrency::",
        "conditional::take",
    ];
    let mut checked = 0;
    for promise in conformance.promises() {
        let name = promise.name;
        if groups.iter().any(|group| name.starts_with(group)) && in_one_namespace(name) {
            conformance.check(name);
            checked += 1;
        }
    }
    assert!(checked > 20, "{checked} of them");
}

#[test]
fn batch_that_fails_half_way_names_what_is_left() {
    let entries = [("a", "1"), ("b", "2"), ("c", "3"), ("b", "4")]
        .map(|(key, value)| (key.to_owned(), Bytes::from_static(value.as_bytes())));
    for done in 0..entries.len() {
        let cache = Minimal::new(done);
        let error = run(cache.set_many(&entries, None)).expect_err("no answer");
        assert_eq!(error.kind(), CacheErrorKind::Timeout);
        let named: BTreeSet<&str> = error.keys().collect();
        for (key, value) in &entries {
            let stored = run(cache.get(key)).expect("it answers");
            let settled = stored.as_ref() == Some(value) || key == "b" && done > 3;
            assert!(named.contains(&**key) || settled, "{key} after {done}");
        }
        assert_eq!(named.len(), [3, 2, 2, 1][done]);
    }
}

#[test]
fn deletion_that_fails_half_way_names_what_is_left() {
    let cache = Minimal::new(2);
    let error = run(cache.delete_many(&owned(&["a", "b", "c", "d"])));
    let error = error.expect_err("no answer");
    assert_eq!(error.keys().collect::<Vec<_>>(), ["c", "d"]);
}
