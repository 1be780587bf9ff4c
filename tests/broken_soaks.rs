//! The soak of caches that are wrong in one way each: each must be seen failing, with what is wrong.
//!
//! Each is redis-rs with one flaw that shows only under load or after a fault.

mod soaking;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheLimits, Swap, TimeToLive, Version, Versioned,
};
use contrait::report::Outcome;
use contrait::{Conformance, Context, SetupError, backend};
use contrait_redis_rs::RedisCache;
use contrait_servers::Servers;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Nothing,
    /// One write in many is acknowledged and not made.
    WritesAreForgotten,
    /// What was read once is read again some time later.
    ReadsAreStale,
    /// What nobody answered is counted once more.
    IncrementsAreRetried,
    OutagesAreMisses,
    OutagesAreOther,
    /// Of each failure a connection stays.
    ConnectionsPileUp,
    TasksPileUp,
    MemoryPilesUp,
    KeysPileUp,
}

/// Each flaw, with what is said of it.
const FLAWS: [(Flaw, &str); 9] = [
    (Flaw::WritesAreForgotten, "possible just before"),
    (Flaw::ReadsAreStale, "possible just before"),
    (Flaw::IncrementsAreRetried, "possible just before"),
    (Flaw::OutagesAreMisses, "possible just before"),
    (Flaw::OutagesAreOther, "no outage"),
    (Flaw::ConnectionsPileUp, "two handles have"),
    (Flaw::TasksPileUp, "it has grown"),
    (Flaw::MemoryPilesUp, "it has grown"),
    (Flaw::KeysPileUp, "there are keys of nobody"),
];

struct Broken {
    inner: RedisCache,
    flaw: Flaw,
    url: String,
    calls: AtomicUsize,
    read: Mutex<Option<(String, Option<Bytes>)>>,
    connections: Mutex<Vec<RedisCache>>,
    memory: Mutex<Vec<u8>>,
}

impl Broken {
    /// The thread of a case has the name of the one that runs it, which here is that of the flaw.
    fn new(inner: RedisCache, url: &str) -> Self {
        let thread = thread::current();
        let name = thread.name().unwrap_or_default();
        let mut flaws = FLAWS.iter().map(|(flaw, _)| *flaw);
        Self {
            inner,
            flaw: flaws
                .find(|flaw| format!("{flaw:?}") == name)
                .unwrap_or(Flaw::Nothing),
            url: url.to_owned(),
            calls: AtomicUsize::default(),
            read: Mutex::default(),
            connections: Mutex::default(),
            memory: Mutex::default(),
        }
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    /// Whether it is the turn of one in so many calls.
    fn one_in(&self, many: usize) -> bool {
        self.calls.fetch_add(1, Ordering::Relaxed) % many == many - 1
    }

    /// What piles up with every so many calls.
    async fn pile_up(&self) {
        if !self.one_in(100) {
            return;
        }
        match self.flaw {
            Flaw::ConnectionsPileUp => {
                let more = RedisCache::connect(&self.url, "").await;
                lock(&self.connections).extend(more);
            }
            Flaw::TasksPileUp => drop(tokio::spawn(std::future::pending::<()>())),
            Flaw::MemoryPilesUp => lock(&self.memory).extend(vec![1; 4 << 20]),
            Flaw::KeysPileUp => drop(self.inner.set("of nobody", b"0", None).await),
            _ => {}
        }
    }

    fn told<T>(&self, answer: Result<T, CacheError>, miss: T) -> Result<T, CacheError> {
        match (answer, self.flaw) {
            (Err(_), Flaw::OutagesAreMisses) => Ok(miss),
            (Err(_), Flaw::OutagesAreOther) => Err(CacheError::new(CacheErrorKind::Other, "")),
            (answer, _) => answer,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl CacheInterface for Broken {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.pile_up().await;
        if self.is(Flaw::ReadsAreStale) {
            let read = lock(&self.read).take_if(|(of, _)| of == key);
            if let Some((_, value)) = read {
                return Ok(value);
            }
        }
        let answer = self.inner.get(key).await;
        if let Ok(value) = &answer
            && self.one_in(20)
        {
            *lock(&self.read) = Some((key.to_owned(), value.clone()));
        }
        self.told(answer, None)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        if self.is(Flaw::WritesAreForgotten) && self.one_in(50) {
            return Ok(());
        }
        let answer = self.inner.set(key, value, ttl).await;
        self.told(answer, ())
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let answer = self.inner.increment(key, by).await;
        if answer.is_err() && self.is(Flaw::IncrementsAreRetried) {
            // As long as it takes, and twice, so that one of them is one too many whatever became of the first.
            loop {
                if self.inner.increment(key, by).await.is_ok() {
                    return self.inner.increment(key, by).await;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        self.told(answer, 0)
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let answer = self.inner.add(key, value, ttl).await;
        self.told(answer, true)
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        let answer = self.inner.replace(key, value, ttl).await;
        self.told(answer, false)
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let answer = self.inner.delete(key).await;
        self.told(answer, false)
    }

    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let answer = self.inner.take(key).await;
        self.told(answer, None)
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

    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.inner.scan(prefix).await
    }

    async fn close(&self) -> Result<(), CacheError> {
        self.inner.close().await
    }

    fn limits(&self) -> CacheLimits {
        self.inner.limits()
    }
}

#[backend(soaking::suite, tests = false)]
async fn broken(cx: &Context) -> Result<Broken, SetupError> {
    let redis = cx.redis().await?;
    let inner = contrait_redis_rs::backend::faults::redis_rs(cx).await?;
    Ok(Broken::new(inner, redis.url()))
}

#[backend(soaking::clustered, tests = false)]
async fn broken_cluster(cx: &Context) -> Result<Broken, SetupError> {
    let cluster = cx.redis_cluster().await?;
    let inner = contrait_redis_rs::backend::faults::redis_rs_cluster(cx).await?;
    Ok(Broken::new(inner, &cluster.urls()[0]))
}

/// What is said by a soak of a cache with this flaw; nothing where it passes.
fn failure(flaw: Flaw, soak: fn() -> Conformance) -> Option<String> {
    /// Memory is that of the whole process, so that nobody else is measured while it piles up.
    static MEMORY: RwLock<()> = RwLock::new(());
    let (_alone, _together);
    match flaw {
        Flaw::MemoryPilesUp => _alone = MEMORY.write().unwrap_or_else(PoisonError::into_inner),
        _ => _together = MEMORY.read().unwrap_or_else(PoisonError::into_inner),
    }
    let thread = thread::Builder::new().name(format!("{flaw:?}"));
    let running = thread.spawn(move || soak().run("soak")).unwrap();
    let record = running.join().unwrap();
    (record.outcome == Outcome::Failed).then(|| record.to_string())
}

fn is_noticed(flaw: Flaw, soak: fn() -> Conformance) {
    let (_, said) = FLAWS.iter().find(|(known, _)| *known == flaw).unwrap();
    let failure = failure(flaw, soak).expect("it is not noticed");
    assert!(failure.contains(said), "{failure}");
}

macro_rules! each_is_noticed {
    ($($test:ident: $flaw:ident),* $(,)?) => {
        $(
            #[test]
            fn $test() {
                is_noticed(Flaw::$flaw, broken::conformance);
            }
        )*

        #[test]
        fn every_flaw_has_its_test() {
            let tested = [$(Flaw::$flaw),*];
            assert!(FLAWS.iter().map(|(flaw, _)| *flaw).eq(tested));
        }
    };
}

each_is_noticed! {
    writes_are_forgotten: WritesAreForgotten,
    reads_are_stale: ReadsAreStale,
    increments_are_retried: IncrementsAreRetried,
    outages_are_misses: OutagesAreMisses,
    outages_are_other: OutagesAreOther,
    connections_pile_up: ConnectionsPileUp,
    tasks_pile_up: TasksPileUp,
    memory_piles_up: MemoryPilesUp,
    keys_pile_up: KeysPileUp,
}

#[test]
fn without_a_flaw_nothing_is_noticed() {
    assert_eq!(failure(Flaw::Nothing, broken::conformance), None);
}

#[test]
fn writes_are_forgotten_by_a_cluster() {
    is_noticed(Flaw::WritesAreForgotten, broken_cluster::conformance);
}

#[test]
fn connections_to_a_cluster_pile_up() {
    is_noticed(Flaw::ConnectionsPileUp, broken_cluster::conformance);
}

#[test]
fn without_a_flaw_nothing_is_noticed_of_a_cluster() {
    assert_eq!(failure(Flaw::Nothing, broken_cluster::conformance), None);
}
