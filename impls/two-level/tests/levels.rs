//! What is asked of the far level, and what is answered from the near one.

use bytes::Bytes;
use contrait::cache::{
    CacheError, CacheErrorKind, CacheInterface, IfChanged, MockCacheInterface, Version, Versioned,
};
use contrait_memory::{MemoryCache, MemoryLimits, MemoryStore};
use contrait_two_level::TwoLevelCache;
use mockall::predicate::eq;

type Outcome = Result<(), CacheError>;

fn entry(value: &'static str, version: &'static str) -> Versioned {
    Versioned {
        value: Bytes::from_static(value.as_bytes()),
        version: Version::new(version.as_bytes()),
    }
}

fn near(limits: MemoryLimits) -> Result<MemoryCache, CacheError> {
    MemoryStore::new(limits).cache("near")
}

/// A far level that has `whole` read in full, and is then asked for changes, which it answers in turn.
fn far(
    whole: Vec<Option<Versioned>>,
    changes: Vec<(&'static str, IfChanged)>,
) -> MockCacheInterface {
    let mut far = MockCacheInterface::new();
    for answer in whole {
        let read = far.expect_get_versioned().with(eq("k")).times(1);
        read.return_once(move |_| Ok(answer));
    }
    for (known, answer) in changes {
        let known = Version::new(known.as_bytes());
        let read = far
            .expect_get_if_changed()
            .with(eq("k"), eq(known))
            .times(1);
        read.return_once(move |_, _| Ok(answer));
    }
    far
}

#[tokio::test]
async fn a_value_that_has_not_changed_is_not_sent_again() -> Outcome {
    let far = far(
        vec![Some(entry("one", "v1"))],
        vec![
            ("v1", IfChanged::Unchanged),
            ("v1", IfChanged::Changed(entry("two", "v2"))),
            ("v2", IfChanged::Unchanged),
        ],
    );
    let cache = TwoLevelCache::new(near(MemoryLimits::default())?, far);
    for value in ["one", "one", "two", "two"] {
        assert_eq!(cache.get("k").await?.as_deref(), Some(value.as_bytes()));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_gone_is_forgotten_and_nothing_is_kept_of_a_miss() -> Outcome {
    let whole = vec![Some(entry("one", "v1")), None, Some(entry("one", "v3"))];
    let far = far(whole, vec![("v1", IfChanged::Missing)]);
    let near = near(MemoryLimits::default())?;
    let cache = TwoLevelCache::new(near.clone(), far);
    assert!(cache.get("k").await?.is_some());
    assert!(near.exists("k").await?);
    assert!(cache.get("k").await?.is_none());
    assert!(!near.exists("k").await?);
    assert!(cache.get("k").await?.is_none());
    assert!(!near.exists("k").await?);
    assert_eq!(cache.get_versioned("k").await?, Some(entry("one", "v3")));
    Ok(())
}

#[tokio::test]
async fn what_the_near_level_cannot_keep_comes_from_the_far_one() -> Outcome {
    let limits = MemoryLimits {
        value_bytes: 3,
        ..MemoryLimits::default()
    };
    let far = far(
        vec![Some(entry("long", "v1")), Some(entry("long", "v1"))],
        vec![],
    );
    let cache = TwoLevelCache::new(near(limits)?, far);
    for _ in 0..2 {
        assert_eq!(cache.get("k").await?.as_deref(), Some(&b"long"[..]));
    }
    Ok(())
}

#[tokio::test]
async fn nothing_is_answered_without_the_far_level() -> Outcome {
    let mut far = far(vec![Some(entry("one", "v1"))], vec![]);
    let away = || CacheError::new(CacheErrorKind::Unavailable, "it is away");
    far.expect_get_if_changed()
        .returning(move |_, _| Err(away()));
    far.expect_get().returning(move |_| Err(away()));
    let cache = TwoLevelCache::new(near(MemoryLimits::default())?, far);
    assert!(cache.get("k").await?.is_some());
    let error = cache.get("k").await.expect_err("nobody can know");
    assert_eq!(error.kind(), CacheErrorKind::Unavailable);
    Ok(())
}
