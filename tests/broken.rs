//! The cache suite on backends that are broken in one place each: the case that it should fail does, and says why.
#![cfg(feature = "memory")]

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use contrait::cache::{CacheError, CacheErrorKind, CacheInterface, CacheLimits, TimeToLive, suite};
use contrait::report::Outcome;
use contrait::{Context, backend};
use contrait_memory::{MemoryCache, MemoryStore};

/// What is broken.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    SetDoesNothing,
    SetForgetsTheTtl,
    SetKeepsTheOldTtl,
    MissIsEmpty,
    EmptyIsAMiss,
    ValueIsText,
    DeleteSaysYes,
    GetExtends,
    TtlInSeconds,
    KeysAreLowered,
    KeysAreTrimmed,
    LongKeysAreTaken,
    NamespacesLeak,
    ManyDropsMisses,
    AddOverwrites,
    IncrementWraps,
    IncrementStartsAtOne,
    PersistSaysYes,
    TouchCreates,
    MissIsAnError,
}

/// A cache in memory with a fault on top.
struct Broken {
    inner: MemoryCache,
    fault: Fault,
}

impl Broken {
    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn key(&self, key: &str) -> String {
        match self.fault {
            Fault::KeysAreLowered => key.to_lowercase(),
            Fault::KeysAreTrimmed => key.trim().to_owned(),
            Fault::LongKeysAreTaken => key.chars().take(64).collect(),
            _ => key.to_owned(),
        }
    }
}

#[async_trait]
impl CacheInterface for Broken {
    async fn get(&self, key: &str) -> Result<Option<Bytes>, CacheError> {
        let key = self.key(key);
        let value = self.inner.get(&key).await?;
        if self.has(Fault::GetExtends)
            && matches!(self.inner.ttl(&key).await?, TimeToLive::Remaining(_))
        {
            self.inner.touch(&key, Duration::from_secs(60)).await?;
        }
        match value {
            None if self.has(Fault::MissIsEmpty) => Ok(Some(Bytes::new())),
            None if self.has(Fault::MissIsAnError) => {
                Err(CacheError::new(CacheErrorKind::Other, "no such key"))
            }
            Some(value) if self.has(Fault::EmptyIsAMiss) && value.is_empty() => Ok(None),
            Some(value) if self.has(Fault::ValueIsText) => {
                Ok(Some(String::from_utf8_lossy(&value).into_owned().into()))
            }
            value => Ok(value),
        }
    }

    async fn get_many(&self, keys: &[String]) -> Result<Vec<Option<Bytes>>, CacheError> {
        let mut values = self.inner.get_many(keys).await?;
        if self.has(Fault::ManyDropsMisses) {
            values.retain(Option::is_some);
        }
        Ok(values)
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), CacheError> {
        let key = self.key(key);
        let ttl = match self.fault {
            Fault::SetDoesNothing => return Ok(()),
            Fault::SetForgetsTheTtl => None,
            Fault::SetKeepsTheOldTtl => match self.inner.ttl(&key).await? {
                TimeToLive::Remaining(left) if ttl.is_none() => Some(left),
                _ => ttl,
            },
            Fault::TtlInSeconds => ttl.map(|ttl| Duration::from_secs(ttl.as_secs())),
            _ => ttl,
        };
        self.inner.set(&key, value, ttl).await
    }

    async fn add(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        if self.has(Fault::AddOverwrites) {
            return self.inner.set(key, value, ttl).await.map(|()| true);
        }
        self.inner.add(&self.key(key), value, ttl).await
    }

    async fn replace(
        &self,
        key: &str,
        value: &[u8],
        ttl: Option<Duration>,
    ) -> Result<bool, CacheError> {
        self.inner.replace(&self.key(key), value, ttl).await
    }

    async fn delete(&self, key: &str) -> Result<bool, CacheError> {
        let deleted = self.inner.delete(&self.key(key)).await?;
        Ok(deleted || self.has(Fault::DeleteSaysYes))
    }

    async fn exists(&self, key: &str) -> Result<bool, CacheError> {
        self.inner.exists(&self.key(key)).await
    }

    async fn increment(&self, key: &str, by: i64) -> Result<i64, CacheError> {
        let key = self.key(key);
        if self.has(Fault::IncrementStartsAtOne) && !self.inner.exists(&key).await? {
            self.inner.set(&key, b"1", None).await?;
        }
        match self.inner.increment(&key, by).await {
            Err(error)
                if self.has(Fault::IncrementWraps)
                    && error.kind() == CacheErrorKind::OutOfRange =>
            {
                self.inner.set(&key, b"0", None).await.map(|()| 0)
            }
            sum => sum,
        }
    }

    async fn touch(&self, key: &str, ttl: Duration) -> Result<bool, CacheError> {
        if self.has(Fault::TouchCreates) && !self.inner.exists(key).await? {
            self.inner.set(key, b"", Some(ttl)).await?;
        }
        self.inner.touch(&self.key(key), ttl).await
    }

    async fn persist(&self, key: &str) -> Result<bool, CacheError> {
        let changed = self.inner.persist(&self.key(key)).await?;
        Ok(changed || self.has(Fault::PersistSaysYes))
    }

    async fn ttl(&self, key: &str) -> Result<TimeToLive, CacheError> {
        self.inner.ttl(&self.key(key)).await
    }

    fn limits(&self) -> CacheLimits {
        self.inner.limits()
    }
}

fn broken(context: &Context, fault: Fault) -> Result<Broken, CacheError> {
    let namespace = match fault {
        // All that comes after the namespace of the case is cut off.
        Fault::NamespacesLeak => context.namespace().split('/').next().unwrap_or_default(),
        _ => context.namespace(),
    };
    Ok(Broken {
        inner: context.shared(MemoryStore::default).cache(namespace)?,
        fault,
    })
}

/// A backend with a fault, and a test that its case fails, for that reason.
macro_rules! found_out {
    ($($name:ident: $fault:ident, $case:literal, $reason:literal;)*) => {$(
        mod $name {
            use super::*;

            #[backend(suite, clock = virtual, tests = false)]
            fn backend(context: &Context) -> Result<Broken, CacheError> {
                broken(context, Fault::$fault)
            }

            #[test]
            fn is_found_out() {
                let record = backend::conformance().run($case);
                assert_eq!(record.outcome, Outcome::Failed, "{record}");
                let reason = record.reason.clone().unwrap_or_default();
                assert!(reason.contains($reason), "{record}");
                assert!(!record.operations.is_empty(), "{record}");
            }
        }
    )*};
}

found_out! {
    set_does_nothing: SetDoesNothing, "set_then_get", "right: Some([118])";
    set_forgets_the_ttl: SetForgetsTheTtl, "ttl::expires", "right: None";
    set_keeps_the_old_ttl: SetKeepsTheOldTtl, "ttl::overwrite_without_ttl_clears_the_old_one", "right: Forever";
    miss_is_empty: MissIsEmpty, "get_missing_is_none", "right: None";
    empty_is_a_miss: EmptyIsAMiss, "empty_value_is_not_a_miss", "left: None";
    value_is_text: ValueIsText, "values_are_binary_safe", "right: Some([0, 1, 2";
    delete_says_yes: DeleteSaysYes, "delete_is_idempotent", "!cache.delete";
    get_extends: GetExtends, "ttl::get_never_extends", "late: Some";
    ttl_in_seconds: TtlInSeconds, "ttl::is_never_early", "early: Some";
    keys_are_lowered: KeysAreLowered, "keys::are_case_sensitive", "";
    keys_are_trimmed: KeysAreTrimmed, "keys::space_and_nul", "";
    long_keys_are_taken: LongKeysAreTaken, "keys::key_of_251_bytes", "InvalidKey";
    namespaces_leak: NamespacesLeak, "namespaces::are_isolated", "";
    many_drops_misses: ManyDropsMisses, "many::get_many_is_positional", "";
    add_overwrites: AddOverwrites, "conditional::add_only_when_absent", "!cache.add";
    increment_wraps: IncrementWraps, "counters::increment_overflow_changes_nothing", "OutOfRange";
    increment_starts_at_one: IncrementStartsAtOne, "counters::increment_of_a_missing_key", "";
    persist_says_yes: PersistSaysYes, "ttl::persist_says_whether_it_changed", "!cache.persist";
    touch_creates: TouchCreates, "ttl::touch_missing_is_false", "60s";
    miss_is_an_error: MissIsAnError, "get_missing_is_none", "no such key";
}
