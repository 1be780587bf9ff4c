//! The reference model under the suite: it must keep the promises that it judges others by.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::model::CacheModel;
use contrait::cache::{
    CacheError, CacheInterface, CacheInterfaceModel, CacheLimits, Closing, Namespace, Swap,
    TimeToLive, Version, Versioned,
};
use contrait::check::Model;
use contrait::{Context, backend};
use tokio::time::Instant;

/// A model that a paused clock drives, with the time that it has seen.
type Shared = Arc<Mutex<(Instant, CacheModel)>>;

/// A handle on a model.
struct Driven {
    model: Shared,
    closing: Closing,
}

fn shared(namespace: &str) -> Shared {
    let key_bytes = Namespace::new(namespace).expect("short").key_bytes();
    let limits = CacheLimits::new(key_bytes, 2 << 20, Duration::from_millis(1));
    let model = CacheModel::new(limits.with_atomic_batches());
    Arc::new(Mutex::new((Instant::now(), model)))
}

impl Driven {
    fn with<T>(
        &self,
        act: impl FnOnce(&mut CacheModel) -> Result<T, CacheError>,
    ) -> Result<T, CacheError> {
        self.closing.check()?;
        let mut guard = self.lock();
        let (seen, model) = &mut *guard;
        let now = Instant::now();
        model.advance(now - *seen);
        *seen = now;
        act(model)
    }

    fn lock(&self) -> MutexGuard<'_, (Instant, CacheModel)> {
        self.model.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CacheInterface for Driven {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.with(|model| model.get(key))
    }
    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        self.with(|model| model.get_many(keys))
    }
    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        self.with(|model| model.set(key, value, ttl))
    }
    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.with(|model| model.add(key, value, ttl))
    }
    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.with(|model| model.replace(key, value, ttl))
    }
    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        self.with(|model| model.delete(key))
    }
    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.with(|model| model.exists(key))
    }
    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        self.with(|model| model.increment(key, by))
    }
    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        self.with(|model| model.touch(key, ttl))
    }
    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        self.with(|model| model.persist(key))
    }
    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        self.with(|model| model.ttl(key))
    }
    async fn set_many(
        &self,
        entries: &[(String, Bytes)],
        ttl: Option<Duration>,
    ) -> Result<(), CacheError> {
        self.with(|model| model.set_many(entries, ttl))
    }
    async fn delete_many(&self, keys: &[String]) -> Result<u64, CacheError> {
        self.with(|model| model.delete_many(keys))
    }
    async fn take(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        self.with(|model| model.take(key))
    }
    async fn get_versioned(&self, key: &str) -> Result<Option<Versioned>, CacheError> {
        self.with(|model| model.get_versioned(key))
    }
    async fn compare_and_swap(
        &self,
        key: &str,
        version: &Version,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<Swap, CacheError> {
        self.with(|model| model.compare_and_swap(key, version, value, ttl))
    }
    async fn clear(&self) -> Result<(), CacheError> {
        self.with(CacheModel::clear)
    }
    async fn scan(&self, prefix: &str) -> Result<BTreeSet<String>, CacheError> {
        self.with(|model| model.scan(prefix))
    }
    async fn delete_prefix(&self, prefix: &str) -> Result<u64, CacheError> {
        self.with(|model| model.delete_prefix(prefix))
    }
    async fn close(&self) -> Result<(), CacheError> {
        self.closing.close();
        Ok(())
    }
    fn limits(&self) -> CacheLimits {
        self.lock().1.limits()
    }
}

/// One model a namespace, since namespaces never meet.
#[derive(Default)]
struct Models(Mutex<HashMap<String, Shared>>);

#[backend(contrait::cache::suite, clock = virtual)]
async fn model(cx: &Context) -> Driven {
    let models = cx.shared(Models::default);
    let mut models = models.0.lock().unwrap_or_else(PoisonError::into_inner);
    let of_namespace = models.entry(cx.namespace().to_owned());
    let model = of_namespace.or_insert_with(|| shared(cx.namespace()));
    Driven {
        model: Arc::clone(model),
        closing: Closing::default(),
    }
}
