//! The mock that users of the cache contract get with the feature `mock`.

use bytes::Bytes;
use contrait::cache::{CacheError, CacheErrorKind, CacheInterface, MockCacheInterface, TypedCache};

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(future)
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
