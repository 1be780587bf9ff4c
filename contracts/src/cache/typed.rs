//! Typed access on top of bytes: serde values, kept as JSON.
//!
//! JSON, since it tells by itself that a value is of another type, and since people can read it on the server. An
//! extension trait, so that every backend has it and no backend writes it.

use std::any::type_name;
use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{CacheError, CacheErrorKind, CacheInterface};

/// `get` and `set` for serde values, on every cache.
pub trait TypedCache: CacheInterface {
    /// The value under `key` as a `T`, or `None` when nothing is stored. A stored `Option::None` is `Some(None)`.
    ///
    /// # Errors
    /// [`Codec`](CacheErrorKind::Codec) when what is stored is no `T`. It names the type and the place, and keeps the
    /// stored value to itself. Otherwise as [`get`](CacheInterface::get).
    fn get_as<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> impl Future<Output = Result<Option<T>, CacheError>> + Send {
        async move { self.get(key).await?.as_ref().map(decode).transpose() }
    }

    /// Stores `value` under `key` as JSON.
    ///
    /// JSON has no infinities and no NaN: serde_json stores them as `null`, which reads back as no float.
    ///
    /// # Errors
    /// [`Codec`](CacheErrorKind::Codec) when `value` has no form in JSON, as a map with structs for keys has none;
    /// nothing is stored then. Otherwise as [`set`](CacheInterface::set).
    fn set_as<T: Serialize + Sync + ?Sized>(
        &self,
        key: &str,
        value: &T,
        ttl: Option<Duration>,
    ) -> impl Future<Output = Result<(), CacheError>> + Send {
        async move { self.set(key, &encode(value)?, ttl).await }
    }
}

impl<C: CacheInterface + ?Sized> TypedCache for C {}

fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CacheError> {
    serde_json::to_vec(value).map_err(|source| {
        let message = format!("a `{}` has no form in JSON", type_name::<T>());
        CacheError::new(CacheErrorKind::Codec, message).with_source(source)
    })
}

fn decode<T: DeserializeOwned>(stored: &Bytes) -> Result<T, CacheError> {
    serde_json::from_slice(stored).map_err(|source| {
        // The source is dropped: its text quotes the stored value, which can be a secret.
        let message = format!(
            "what is stored is no `{}` (JSON {:?} error at line {} column {})",
            type_name::<T>(),
            source.classify(),
            source.line(),
            source.column(),
        );
        CacheError::new(CacheErrorKind::Codec, message)
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn floats_come_back_to_the_bit() {
        // Without serde_json's `float_roundtrip` this one comes back one step away.
        for float in [
            51.248_178_375_505_25_f64,
            f64::MIN_POSITIVE,
            f64::MAX,
            -0.0,
            0.1 + 0.2,
        ] {
            let stored = Bytes::from(encode(&float).unwrap());
            assert_eq!(
                decode::<f64>(&stored).unwrap().to_bits(),
                float.to_bits(),
                "{float:e}"
            );
        }
    }

    #[test]
    fn error_never_shows_the_stored_value() {
        let error = decode::<u32>(&Bytes::from_static(b"\"hunter2\"")).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Codec);
        assert_eq!(
            error.message(),
            "what is stored is no `u32` (JSON Data error at line 1 column 9)"
        );
        assert!(error.source().is_none());
    }

    #[test]
    fn what_json_cannot_hold_is_refused() {
        let by_pair = std::collections::BTreeMap::from([((1, 2), 3)]);
        let error = encode(&by_pair).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Codec);
        assert_eq!(error.source().unwrap().to_string(), "key must be a string");
    }
}
