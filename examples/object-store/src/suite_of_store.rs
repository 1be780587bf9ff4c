//! What callers of an object store rely on.

use contrait::contract_suite;

use crate::ObjectStore;

/// The suite of [`ObjectStore`].
#[contract_suite(ObjectStore)]
pub mod suite {
    use futures::TryStreamExt;
    use object_store::path::Path;
    use object_store::{Error, ObjectStoreExt, PutMode, Result};

    use super::ObjectStore;

    /// An object that was put is got again, byte for byte.
    #[case]
    async fn put_then_get(store: &dyn ObjectStore) -> Result<()> {
        let bytes: Vec<u8> = (0..=255).collect();
        store.put(&Path::from("a/b"), bytes.clone().into()).await?;
        assert_eq!(store.get(&Path::from("a/b")).await?.bytes().await?, bytes);
        Ok(())
    }

    /// An object that is not there is an error that says so.
    #[case]
    async fn a_missing_object_is_not_found(store: &dyn ObjectStore) {
        let missing = store.get(&Path::from("nothing")).await;
        assert!(
            matches!(missing, Err(Error::NotFound { .. })),
            "{missing:?}"
        );
    }

    /// A prefix ends with a path segment: `a/b` does not list `a/bc`.
    #[case]
    async fn a_prefix_ends_with_a_segment(store: &dyn ObjectStore) -> Result<()> {
        for path in ["a/b/c", "a/bc"] {
            store.put(&Path::from(path), "x".into()).await?;
        }
        let prefix = Path::from("a/b");
        let listed: Vec<_> = store
            .list(Some(&prefix))
            .map_ok(|object| object.location.to_string())
            .try_collect()
            .await?;
        assert_eq!(listed, ["a/b/c"]);
        Ok(())
    }

    /// Of two that create one object, the second is told that it came too late.
    #[case(needs(create))]
    async fn creating_twice_is_refused(
        first: &dyn ObjectStore,
        second: &dyn ObjectStore,
    ) -> Result<()> {
        let path = Path::from("lock");
        first
            .put_opts(&path, "first".into(), PutMode::Create.into())
            .await?;
        let late = second
            .put_opts(&path, "second".into(), PutMode::Create.into())
            .await;
        assert!(matches!(late, Err(Error::AlreadyExists { .. })), "{late:?}");
        assert_eq!(first.get(&path).await?.bytes().await?, "first");
        Ok(())
    }

    /// An update with a version that is no longer current is refused, and changes nothing.
    #[case(needs(update))]
    async fn a_stale_update_is_refused(store: &dyn ObjectStore) -> Result<()> {
        let path = Path::from("versioned");
        let old = store.put(&path, "old".into()).await?;
        store.put(&path, "new".into()).await?;
        let stale = store
            .put_opts(&path, "stale".into(), PutMode::Update(old.into()).into())
            .await;
        assert!(
            matches!(stale, Err(Error::Precondition { .. })),
            "{stale:?}"
        );
        assert_eq!(store.get(&path).await?.bytes().await?, "new");
        Ok(())
    }

    /// Deleting an object that is not there ends with it not being there.
    #[case(needs(idempotent_delete))]
    async fn delete_is_idempotent(store: &dyn ObjectStore) -> Result<()> {
        store.delete(&Path::from("nothing")).await
    }
}
