//! The mock that users of the cache contract get with the feature `mock`, alone and verified.

use std::time::Duration;

use bytes::Bytes;
use contrait::cache::model::CacheModel;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, CacheInterfaceOperation, CacheLimits,
    MockCacheInterface, TimeToLive, TypedCache,
};
use contrait::check::Verified;

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(future)
}

const SECOND: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(1);

fn verified(mock: MockCacheInterface) -> Box<dyn CacheInterface> {
    let model = CacheModel::new(CacheLimits::new(8, 8, STEP));
    Verified::<CacheInterfaceOperation>::new(model).around(Box::new(mock))
}

/// A mock that stores, and whose entries are there or not whatever happens.
fn storing(there: bool) -> MockCacheInterface {
    let mut mock = MockCacheInterface::new();
    mock.expect_set().returning(|_, _, _| Ok(()));
    mock.expect_exists().returning(move |_| Ok(there));
    mock
}

/// Stores for ten seconds, lets time pass, and looks twice.
async fn looked_at_after(there: bool, wait: Duration) {
    let cache = verified(storing(there));
    cache.set("k", b"v", Some(10 * SECOND)).await.expect("told");
    tokio::time::advance(wait).await;
    for _ in 0..2 {
        assert_eq!(cache.exists("k").await.expect("told"), there);
    }
}

/// An entry may be there for one step longer than asked for, and never less long.
#[test]
fn verified_entries_expire_when_they_may() {
    let nano = Duration::from_nanos(1);
    run(looked_at_after(true, 10 * SECOND - nano));
    run(looked_at_after(true, 10 * SECOND + STEP - nano));
    run(looked_at_after(false, 10 * SECOND));
    run(looked_at_after(false, 10 * SECOND + STEP));
}

#[test]
#[should_panic(expected = "the model allows Ok(false)")]
fn verified_entry_does_not_stay_too_long() {
    run(looked_at_after(true, 10 * SECOND + STEP));
}

#[test]
#[should_panic(expected = "the model allows Ok(true)")]
fn verified_entry_does_not_go_too_soon() {
    run(looked_at_after(false, 10 * SECOND - STEP));
}

#[test]
#[should_panic(expected = "the model allows Ok(Remaining(4s))")]
fn verified_time_to_live_is_what_is_left() {
    let mut mock = storing(true);
    mock.expect_ttl()
        .returning(|_| Ok(TimeToLive::Remaining(10 * SECOND)));
    let cache = verified(mock);
    run(async move {
        cache.set("k", b"v", Some(10 * SECOND)).await.expect("told");
        cache.ttl("k").await.expect("told");
        tokio::time::advance(6 * SECOND).await;
        let _ = cache.ttl("k").await;
    });
}

#[test]
fn verified_errors_from_outside_are_possible_at_any_time() {
    use CacheErrorKind::{Denied, Other, Timeout, Unavailable, Unsupported};
    for kind in [Unavailable, Timeout, Denied, Unsupported, Other] {
        let mut mock = MockCacheInterface::new();
        mock.expect_increment()
            .returning(move |_, _| Err(CacheError::new(kind, "told so")));
        let cache = verified(mock);
        let error = run(cache.increment("n", 1)).expect_err("told");
        assert_eq!(error.kind(), kind);
    }
}

#[test]
#[should_panic(expected = "the model allows Ok(1)")]
fn verified_errors_of_the_contract_have_a_cause() {
    let mut mock = MockCacheInterface::new();
    mock.expect_increment()
        .returning(|_, _| Err(CacheError::new(CacheErrorKind::WrongKind, "told so")));
    let cache = verified(mock);
    let _ = run(cache.increment("n", 1));
}

#[test]
fn mock_answers_as_told_and_stands_for_a_cache() {
    let mut mock = MockCacheInterface::new();
    mock.expect_get()
        .withf(|key| key == "k")
        .returning(|_| Ok(Some(Bytes::from_static(b"42"))));
    mock.expect_get_many()
        .returning(|keys| Ok(vec![None; keys.len()]));
    mock.expect_set()
        .withf(|_, value, ttl| value == b"7" && ttl.is_none())
        .returning(|_, _, _| Err(CacheError::new(CacheErrorKind::Unavailable, "told so")));
    run(async {
        let cache: &dyn CacheInterface = &mock;
        assert_eq!(cache.get_as::<u8>("k").await.expect("told"), Some(42));
        let keys = ["a".to_owned(), "b".to_owned()];
        assert_eq!(cache.get_many(&keys).await.expect("told"), [None, None]);
        let error = cache.set_as("k", &7, None).await.expect_err("told");
        assert_eq!(error.kind(), CacheErrorKind::Unavailable);
    });
}
