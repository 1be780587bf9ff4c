//! What the memory store promises beyond the contract: its bounds, its clock, and what counts as use.

use std::time::Duration;

use contrait::cache::{CacheErrorKind, CacheInterface, Namespace, TimeToLive};
use contrait_memory::{MemoryLimits, MemoryStore};

fn small(entries: usize) -> MemoryStore {
    MemoryStore::new(MemoryLimits {
        entries,
        ..MemoryLimits::default()
    })
}

#[tokio::test(start_paused = true)]
async fn follows_the_paused_clock_exactly() {
    let cache = MemoryStore::default().cache("").unwrap();
    let minute = Duration::from_secs(60);
    cache.set("k", b"v", Some(minute)).await.unwrap();
    tokio::time::advance(minute - Duration::from_millis(1)).await;
    let left = TimeToLive::Remaining(Duration::from_millis(1));
    assert_eq!(cache.ttl("k").await.unwrap(), left);
    tokio::time::advance(Duration::from_millis(1)).await;
    assert_eq!(cache.ttl("k").await.unwrap(), TimeToLive::Missing);
}

#[tokio::test]
async fn entry_used_longest_ago_makes_room_over_all_namespaces() {
    let store = small(2);
    let (a, b) = (store.cache("a").unwrap(), store.cache("b").unwrap());
    a.set("old", b"v", None).await.unwrap();
    b.set("new", b"v", None).await.unwrap();
    a.get("old").await.unwrap();
    b.set("newest", b"v", None).await.unwrap();
    assert!(a.exists("old").await.unwrap());
    assert!(!b.exists("new").await.unwrap());
    assert_eq!(store.len(), 2);
}

#[tokio::test]
async fn asking_whether_an_entry_exists_is_no_use_of_it() {
    let cache = small(2).cache("").unwrap();
    cache.set("asked", b"v", None).await.unwrap();
    cache.set("other", b"v", None).await.unwrap();
    assert!(cache.exists("asked").await.unwrap());
    assert_eq!(cache.ttl("asked").await.unwrap(), TimeToLive::Forever);
    cache.set("new", b"v", None).await.unwrap();
    assert!(!cache.exists("asked").await.unwrap());
}

#[tokio::test]
async fn value_that_the_store_has_no_room_for_is_too_large() {
    let store = MemoryStore::new(MemoryLimits {
        bytes: Namespace::STORED_KEY_BYTES + 10,
        ..MemoryLimits::default()
    });
    let cache = store.cache("").unwrap();
    assert_eq!(cache.limits().value_bytes, 10);
    cache.set("k", &[0; 10], None).await.unwrap();
    let error = cache.set("k", &[0; 11], None).await.unwrap_err();
    assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
    assert!(cache.exists("k").await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn expired_entries_give_their_memory_back_with_the_next_write() {
    let store = MemoryStore::default();
    let cache = store.cache("").unwrap();
    for n in 0..100 {
        let key = n.to_string();
        cache
            .set(&key, b"v", Some(Duration::from_secs(1)))
            .await
            .unwrap();
    }
    tokio::time::advance(Duration::from_secs(1)).await;
    cache.set("k", b"v", None).await.unwrap();
    assert_eq!(store.len(), 1);
    store.clear();
    assert!(store.is_empty());
}
