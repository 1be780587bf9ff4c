//! What the store on moka promises beyond the contract: its bounds, and who shares it.

use contrait::cache::{CacheErrorKind, CacheInterface, Namespace};
use contrait_moka::{MokaLimits, MokaStore};

#[tokio::test]
async fn value_that_the_store_has_no_room_for_is_too_large() {
    let store = MokaStore::new(MokaLimits {
        bytes: Namespace::STORED_KEY_BYTES as u64 + 10,
        ..MokaLimits::default()
    });
    let cache = store.cache("").unwrap();
    assert_eq!(cache.limits().value_bytes, 10);
    cache.set("k", &[0; 10], None).await.unwrap();
    let error = cache.set("k", &[0; 11], None).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
}

#[tokio::test]
async fn clones_share_entries_and_their_end() {
    let store = MokaStore::default();
    let cache = store.cache("").unwrap();
    let clone = cache.clone();
    cache.set("k", b"v", None).await.unwrap();
    assert!(clone.exists("k").await.unwrap());
    cache.close().await.unwrap();
    let error = clone.get("k").await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::Closed);
    let other = store.clone().cache("").unwrap();
    assert!(other.exists("k").await.unwrap());
}
