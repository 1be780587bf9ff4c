//! How the suites of failures judge what a caller hears, and within which time.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::time::Duration;

use super::{CacheError, CacheErrorKind, CacheInterface};
use crate::Clock;

/// No call takes longer, whatever has happened: far above what a client's own limits add up to on a busy machine.
pub(super) const BOUND: Duration = Duration::from_secs(12);

/// What ends within the bound, or the case fails.
pub(super) async fn bounded<T>(name: &str, call: impl Future<Output = T>) -> T {
    let ended = tokio::time::timeout(BOUND, call).await;
    ended.unwrap_or_else(|_| panic!("`{name}` did not end within {BOUND:?}"))
}

/// What a caller may hear of an outage.
#[track_caller]
pub(super) fn assert_outage(error: &CacheError) {
    assert!(is_outage(error), "{error:?}");
}

pub(super) fn is_outage(error: &CacheError) -> bool {
    let kinds = [CacheErrorKind::Unavailable, CacheErrorKind::Timeout];
    kinds.contains(&error.kind())
}

/// All that anybody can print of an error.
pub(super) fn shown(error: &CacheError) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        shown = format!("{shown} {cause} {cause:?}");
        source = cause.source();
    }
    shown
}

/// Tries until the server answers, as far as each try is bounded.
pub(super) async fn answered<T, E: Debug + Error + 'static>(
    clock: &Clock,
    attempt: impl AsyncFn() -> Result<T, E>,
) -> Result<T, Box<dyn Error>> {
    Ok(clock
        .eventually(BOUND, async || bounded("a try", attempt()).await)
        .await?)
}

/// What the server answers, where nothing but a busy machine can use up the time that the client gives it: whatever
/// took too long is tried again.
pub(super) async fn unhurried<T>(
    clock: &Clock,
    attempt: impl AsyncFn() -> Result<T, CacheError>,
) -> Result<T, CacheError> {
    let ended = clock.eventually(BOUND, async || match bounded("a try", attempt()).await {
        Err(error) if error.kind() == CacheErrorKind::Timeout => Err(error),
        ended => Ok(ended),
    });
    ended.await.unwrap_or_else(|late| Err(late.into_last()))
}

/// That the handle is as good as new: what it stores it finds.
pub(super) async fn assert_usable(
    cache: &dyn CacheInterface,
    clock: &Clock,
) -> Result<(), Box<dyn Error>> {
    answered(clock, async || cache.set("usable", b"yes", None).await).await?;
    let found = answered(clock, async || cache.get("usable").await).await?;
    assert_eq!(found.as_deref(), Some(&b"yes"[..]));
    Ok(())
}
