//! What a user reads first: a contract, its suite, and two backends of which one lacks something.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use contrait::{Clock, Context, SetupError, backend, contract, contract_suite};
use tokio::time::Instant;

/// Why a cache did not answer.
#[derive(Debug)]
pub struct CacheError;

/// A cache of bytes.
#[contract]
#[async_trait]
pub trait CacheInterface: Send + Sync {
    /// What was set, until it has expired.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CacheError>;
    /// Sets a value, for good or for a while.
    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError>;
}

/// What every cache keeps.
#[contract_suite(CacheInterface)]
pub mod suite {
    use super::*;

    /// A value that was set is returned until it is overwritten, deleted or expired.
    #[case]
    async fn set_then_get(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert_eq!(cache.get("k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// Two handles of one store see the same entries.
    #[case]
    async fn shared(a: &dyn CacheInterface, b: &dyn CacheInterface) -> Result<(), CacheError> {
        a.set("k", b"v", None).await?;
        assert!(b.get("k").await?.is_some());
        Ok(())
    }

    /// What has a time to live.
    pub mod ttl {
        use super::*;

        /// An entry is gone once its time to live has passed.
        #[case(needs(ttl), timeout = "5s")]
        async fn expires(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
            cache.set("k", b"v", Some(Duration::from_secs(60))).await?;
            clock.advance(Duration::from_secs(61)).await;
            assert_eq!(cache.get("k").await?, None);
            Ok(())
        }
    }
}

type Entries = Mutex<HashMap<String, (Vec<u8>, Option<Instant>)>>;

struct MemoryCache(std::sync::Arc<Entries>);

#[async_trait]
impl CacheInterface for MemoryCache {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CacheError> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries
            .get(key)
            .filter(|(_, end)| end.is_none_or(|end| Instant::now() < end));
        Ok(entry.map(|(value, _)| value.clone()))
    }
    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(
            key.to_owned(),
            (value.to_owned(), ttl.map(|ttl| Instant::now() + ttl)),
        );
        Ok(())
    }
}

struct Eternal(MemoryCache);

#[async_trait]
impl CacheInterface for Eternal {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, CacheError> {
        self.0.get(key).await
    }
    async fn set(&self, key: &str, value: &[u8], _: Option<Duration>) -> Result<(), CacheError> {
        self.0.set(key, value, None).await
    }
}

#[backend(suite, clock = virtual)]
fn memory(cx: &Context) -> MemoryCache {
    MemoryCache(cx.shared(Entries::default))
}

#[backend(suite, clock = virtual, lacks(ttl = "it forgets nothing"))]
async fn eternal(cx: &Context) -> Result<Eternal, SetupError> {
    Ok(Eternal(memory(cx)))
}

#[test]
fn what_a_backend_lacks_it_does_not_pass() {
    let record = eternal::conformance().run("ttl::expires");
    assert_eq!(
        record.outcome,
        contrait::report::Outcome::Lacking,
        "{record}"
    );
}
