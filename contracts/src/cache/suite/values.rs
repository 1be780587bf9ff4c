//! What is stored comes back, and what is not stored does not.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::phrases::{assert_kind, get, owned};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface, TypedCache};
use crate::contract_suite;

/// What is stored comes back, and what is not stored does not.
#[contract_suite(CacheInterface)]
pub mod suite {
    use super::*;

    // -- round trip

    /// A value that was set is returned until it is overwritten, deleted or expired.
    #[case]
    async fn set_then_get(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"v", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// What was never set is a miss, and no error.
    #[case]
    async fn get_missing_is_none(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get("k").await?, None);
        cache.set("other", b"v", None).await?;
        assert_eq!(cache.get("k").await?, None);
        Ok(())
    }

    /// The last value that was set is the one that is returned.
    #[case]
    async fn overwrite_replaces(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"a longer first value", None).await?;
        cache.set("k", b"second", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"second"[..]));
        Ok(())
    }

    /// An entry exists from `set` to `delete`.
    #[case]
    async fn exists_follows_set_and_delete(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(!cache.exists("k").await?);
        cache.set("k", b"v", None).await?;
        assert!(cache.exists("k").await?);
        cache.delete("k").await?;
        assert!(!cache.exists("k").await?);
        Ok(())
    }

    /// `delete` says whether something was there, and deleting once more is no error.
    #[case]
    async fn delete_is_idempotent(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(!cache.delete("k").await?);
        cache.set("k", b"v", None).await?;
        assert!(cache.delete("k").await?);
        assert_eq!(cache.get("k").await?, None);
        assert!(!cache.delete("k").await?);
        Ok(())
    }

    /// An empty value is a value, and not a miss.
    #[case]
    async fn empty_value_is_not_a_miss(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        cache.set("k", b"", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b""[..]));
        assert!(cache.exists("k").await?);
        assert_eq!(cache.get_many(&owned(&["k"])).await?.len(), 1);
        assert!(cache.get_many(&owned(&["k"])).await?[0].is_some());
        Ok(())
    }

    /// Every byte comes back as it was set.
    #[case]
    async fn values_are_binary_safe(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let every_byte: Vec<u8> = (0..=u8::MAX).collect();
        cache.set("k", &every_byte, None).await?;
        assert_eq!(get(cache, "k").await?, Some(every_byte));
        Ok(())
    }

    /// Bytes that look like a server's protocol are data.
    #[case]
    async fn values_that_look_like_protocol(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let looks: [&[u8]; 10] = [
            b"$-1\r\n",
            b"_\r\n",
            b"-ERR no\r\n",
            b"+OK\r\n",
            b"*0\r\n",
            b"QUEUED",
            b"OK",
            b"END\r\n",
            b"VALUE k 0 1\r\nv\r\nEND\r\n",
            b"null",
        ];
        for value in looks {
            cache.set("k", value, None).await?;
            assert_eq!(get(cache, "k").await?.as_deref(), Some(value));
        }
        Ok(())
    }

    /// A value of one mebibyte is not too large for any backend.
    #[case]
    async fn value_of_one_mebibyte(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert!(cache.limits().value_bytes >= 1 << 20);
        let value: Vec<u8> = (0..1 << 20).map(|at| (at % 251) as u8).collect();
        cache.set("k", &value, None).await?;
        // Compared as a whole: a difference would print a mebibyte.
        assert!(cache.get("k").await?.is_some_and(|stored| stored == value));
        Ok(())
    }

    /// A value over the limit is refused by every write, and the handle stays usable.
    #[case]
    async fn value_over_the_limit_is_refused(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        // Zeroed memory is only claimed: whoever refuses by the length never touches it.
        let value = vec![0; cache.limits().value_bytes + 1];
        assert_kind(
            cache.set("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert_kind(
            cache.add("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert_kind(
            cache.replace("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        assert!(!cache.exists("k").await?);
        cache.set("k", b"v", None).await?;
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"v"[..]));
        Ok(())
    }

    /// After a refused overwrite the old value is there or a miss is, and never a part of either.
    #[case]
    async fn failed_overwrite_leaves_old_value_or_miss(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set("k", b"old", None).await?;
        let value = vec![0; cache.limits().value_bytes + 1];
        assert_kind(
            cache.set("k", &value, None).await,
            CacheErrorKind::ValueTooLarge,
        );
        let left = get(cache, "k").await?;
        assert!(
            left.as_deref().is_none_or(|value| value == b"old"),
            "{left:?}"
        );
        Ok(())
    }

    /// What is stored is the value at the time of the call: what the caller's buffer does afterwards changes nothing.
    #[case]
    async fn values_are_stored_by_value(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let mut buffer = b"before".to_vec();
        cache.set("k", &buffer, None).await?;
        buffer.fill(b'x');
        assert_eq!(get(cache, "k").await?.as_deref(), Some(&b"before"[..]));
        Ok(())
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Profile {
        name: String,
        scores: BTreeMap<String, f64>,
        nested: Vec<Option<Profile>>,
        shape: Shape,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Shape {
        Point,
        Circle(u64),
        Box { width: i8, height: u128 },
    }

    fn profile() -> Profile {
        let inner = Profile {
            name: "e\u{301} \u{1F980} \" \\ \0".to_owned(),
            scores: BTreeMap::new(),
            nested: Vec::new(),
            shape: Shape::Box {
                width: -128,
                height: u128::MAX,
            },
        };
        let floats = [
            0.1 + 0.2,
            -0.0,
            f64::MIN_POSITIVE,
            f64::MAX,
            51.248_178_375_505_25,
        ];
        let scores = floats.iter().map(|float| (format!("{float:e}"), *float));
        Profile {
            name: "Ada".to_owned(),
            scores: scores.collect(),
            nested: vec![None, Some(inner)],
            shape: Shape::Circle(u64::MAX),
        }
    }

    /// A serde value comes back as it was set: maps, floats to the bit, any text, nesting, enums.
    #[case]
    async fn typed_values_round_trip(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let value = profile();
        cache.set_as("k", &value, None).await?;
        let stored: Profile = cache.get_as("k").await?.expect("it was set");
        let bits = |profile: &Profile| {
            profile
                .scores
                .values()
                .map(|f| f.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(stored, value);
        assert_eq!(bits(&stored), bits(&value));
        cache.set_as("k", &Shape::Point, None).await?;
        assert_eq!(cache.get_as("k").await?, Some(Shape::Point));
        Ok(())
    }

    /// A typed `None` is a value, and told apart from a miss.
    #[case]
    async fn typed_none_is_a_value(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_eq!(cache.get_as::<Option<u8>>("k").await?, None);
        cache.set_as("k", &None::<u8>, None).await?;
        assert_eq!(cache.get_as::<Option<u8>>("k").await?, Some(None));
        Ok(())
    }

    /// Reading a value as another type is an error: no panic and no miss.
    #[case]
    async fn typed_get_of_other_type_is_an_error(
        cache: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        cache.set_as("k", "hunter2", None).await?;
        let error = cache
            .get_as::<u32>("k")
            .await
            .expect_err("a text is no number");
        assert_eq!(error.kind(), CacheErrorKind::Codec);
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?} shows the value"
        );
        cache.set("k", b"\xff no JSON", None).await?;
        assert_kind(cache.get_as::<String>("k").await, CacheErrorKind::Codec);
        Ok(())
    }

    /// Two handles on one namespace see each other's writes.
    #[case]
    async fn handles_share_entries(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        assert_eq!(get(two, "k").await?.as_deref(), Some(&b"v"[..]));
        assert!(two.delete("k").await?);
        assert!(!one.exists("k").await?);
        Ok(())
    }

    /// Each handle is answered for its own calls, and not for those of another.
    #[case]
    async fn handles_are_answered_apart(
        one: &dyn CacheInterface,
        two: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        one.set("k", b"v", None).await?;
        assert!(one.exists("k").await?);
        assert!(!two.exists("missing").await?);
        assert!(one.add("added", b"v", None).await?);
        assert!(!two.add("added", b"v", None).await?);
        assert!(one.replace("k", b"w", None).await?);
        assert!(!two.replace("missing", b"w", None).await?);
        assert!(one.delete("k").await?);
        assert!(!two.delete("k").await?);
        Ok(())
    }
}
