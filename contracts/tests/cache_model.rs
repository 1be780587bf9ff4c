//! The reference model under the suite: it must keep the promises that it judges others by.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::model::CacheModel;
use contrait::cache::{
    CacheError, CacheInterface, CacheInterfaceModel, CacheLimits, Namespace, TimeToLive,
};
use contrait::check::Model;
use contrait::{Context, backend};
use tokio::time::Instant;

/// A model that a paused clock drives.
struct Driven {
    model: Mutex<(Instant, CacheModel)>,
}

impl Driven {
    fn new(namespace: &str) -> Self {
        let key_bytes = Namespace::new(namespace).expect("short").key_bytes();
        let limits = CacheLimits::new(key_bytes, 2 << 20, Duration::from_millis(1));
        let model = Mutex::new((Instant::now(), CacheModel::new(limits)));
        Self { model }
    }

    fn with<T>(&self, act: impl FnOnce(&mut CacheModel) -> T) -> T {
        let mut guard: MutexGuard<'_, _> =
            self.model.lock().unwrap_or_else(PoisonError::into_inner);
        let (seen, model) = &mut *guard;
        let now = Instant::now();
        model.advance(now - *seen);
        *seen = now;
        act(model)
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
    fn limits(&self) -> CacheLimits {
        self.with(|model| model.limits())
    }
}

/// One model a namespace, since namespaces never meet.
#[derive(Default)]
struct Models(Mutex<std::collections::HashMap<String, std::sync::Arc<Driven>>>);

#[backend(contrait::cache::suite, clock = virtual)]
async fn model(cx: &Context) -> std::sync::Arc<Driven> {
    let models = cx.shared(Models::default);
    let mut models = models.0.lock().unwrap_or_else(PoisonError::into_inner);
    let of_namespace = models.entry(cx.namespace().to_owned());
    let make = || std::sync::Arc::new(Driven::new(cx.namespace()));
    std::sync::Arc::clone(of_namespace.or_insert_with(make))
}
