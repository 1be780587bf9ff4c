//! What cases of several groups say often.

use std::fmt::Debug;

use bytes::Bytes;

use crate::Expiry;
use crate::cache::together::Caller;
use crate::cache::{CacheError, CacheErrorKind, CacheInterface, TimeToLive, Versioned};

/// Bytes as a test writes them.
pub(super) async fn get(
    cache: &dyn CacheInterface,
    key: &str,
) -> Result<Option<Vec<u8>>, CacheError> {
    Ok(cache.get(key).await?.map(|value| value.to_vec()))
}

pub(super) type Task<'a> = Caller<'a, CacheError>;

#[track_caller]
pub(super) fn assert_kind<T: Debug>(result: Result<T, CacheError>, kind: CacheErrorKind) {
    match result {
        Ok(value) => panic!("an error of kind {kind:?} was due, and it answered {value:?}"),
        Err(error) => assert_eq!(error.kind(), kind, "{error:?}"),
    }
}

pub(super) fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().copied().map(str::to_owned).collect()
}

/// What `ttl` answers must fit what is known of the expiry, give or take a step of the backend's clock.
pub(super) async fn assert_remaining(
    cache: &dyn CacheInterface,
    key: &str,
    expiry: &Expiry,
) -> Result<(), CacheError> {
    let step = cache.limits().ttl_resolution;
    let (_, most) = expiry.remaining();
    let answer = cache.ttl(key).await?;
    let (least, _) = expiry.remaining();
    let TimeToLive::Remaining(left) = answer else {
        panic!("{least:?} to {most:?} must be left, and `ttl` says {answer:?}");
    };
    let fits = left + step >= least && left <= most + step;
    assert!(
        fits,
        "{least:?} to {most:?} must be left, and `ttl` says {left:?}"
    );
    Ok(())
}

pub(super) fn entries(pairs: &[(&str, &str)]) -> Vec<(String, Bytes)> {
    let entry =
        |(key, value): &(&str, &str)| ((*key).to_owned(), Bytes::copy_from_slice(value.as_bytes()));
    pairs.iter().map(entry).collect()
}

/// So many entries that no store lists them in one step.
pub(super) fn many_entries() -> Vec<(String, Bytes)> {
    let entry = |n: u32| (format!("many {n}"), Bytes::from(n.to_string()));
    (0..1200).map(entry).collect()
}

pub(super) async fn versioned(
    cache: &dyn CacheInterface,
    key: &str,
) -> Result<Versioned, CacheError> {
    let entry = cache.get_versioned(key).await?;
    Ok(entry.unwrap_or_else(|| panic!("{key:?} was set, and is missing")))
}
