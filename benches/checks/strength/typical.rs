//! The suites: ten cases as most people write them, and that of the contract.

use std::time::Duration;

use contrait::cache::model::CacheModel;
use contrait::cache::{CacheError, CacheInterface};
use contrait::{Clock, Context, backend, contract_suite};
use contrait_memory::{MemoryCache, MemoryLimits, MemoryStore};

#[contract_suite(CacheInterface, model = |cache| CacheModel::new(cache.limits()))]
mod ten {
    use super::*;

    /// What was set is there.
    #[case]
    async fn set_then_get(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert_eq!(cache.get("k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// What was not set is not there.
    #[case]
    async fn missing(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get("k").await?, None);
        Ok(())
    }

    /// The last value counts.
    #[case]
    async fn overwrite(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"1", None).await?;
        cache.set("k", b"2", None).await?;
        assert_eq!(cache.get("k").await?.as_deref(), Some(&b"2"[..]));
        Ok(())
    }

    /// What was deleted is gone.
    #[case]
    async fn delete(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert!(cache.delete("k").await?);
        assert_eq!(cache.get("k").await?, None);
        Ok(())
    }

    /// What was set exists.
    #[case]
    async fn exists(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert!(cache.exists("k").await?);
        Ok(())
    }

    /// Nothing is added where something is.
    #[case]
    async fn add(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.add("k", b"v", None).await?);
        assert!(!cache.add("k", b"w", None).await?);
        Ok(())
    }

    /// A counter counts.
    #[case]
    async fn increment(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.increment("n", 1).await?, 1);
        assert_eq!(cache.increment("n", 2).await?, 3);
        Ok(())
    }

    /// An entry expires.
    #[case]
    async fn expires(cache: &dyn CacheInterface, clock: &Clock) -> Result<(), CacheError> {
        cache.set("k", b"v", Some(Duration::from_secs(1))).await?;
        clock.advance(Duration::from_secs(2)).await;
        assert_eq!(cache.get("k").await?, None);
        Ok(())
    }

    /// Several values come at once.
    #[case]
    async fn many(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("a", b"1", None).await?;
        let values = cache.get_many(&["a".to_owned(), "b".to_owned()]).await?;
        assert_eq!(values, [Some(b"1"[..].into()), None]);
        Ok(())
    }

    /// Something is replaced where it is.
    #[case]
    async fn replace(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert!(cache.replace("k", b"w", None).await?);
        assert_eq!(cache.get("k").await?.as_deref(), Some(&b"w"[..]));
        Ok(())
    }
}

fn made(context: &Context) -> Result<MemoryCache, CacheError> {
    // What is over the limit is copied by those who stand in front of the cache.
    let limits = MemoryLimits {
        value_bytes: 1 << 20,
        ..MemoryLimits::default()
    };
    let store = context.shared(|| MemoryStore::new(limits));
    store.cache(context.namespace())
}

#[backend(ten, clock = virtual, tests = false, reference)]
pub(super) fn few(context: &Context) -> Result<MemoryCache, CacheError> {
    made(context)
}

#[backend(contrait::cache::suite, clock = virtual, tests = false, reference)]
pub(super) fn all(context: &Context) -> Result<MemoryCache, CacheError> {
    made(context)
}
