//! What a key can be.

use std::time::Duration;

use super::phrases::{assert_kind, get};
use crate::cache::{CacheError, CacheErrorKind, CacheInterface};
use crate::contract_suite;

/// What a key can be.
#[contract_suite(CacheInterface, group = keys)]
pub mod suite {
    use super::*;

    /// Each key gets its own value and must then be told from all the others.
    async fn assert_distinct(cache: &dyn CacheInterface, keys: &[&str]) -> Result<(), CacheError> {
        for (at, key) in keys.iter().enumerate() {
            assert!(
                !cache.exists(key).await?,
                "{key:?} is there before it was set"
            );
            cache.set(key, at.to_string().as_bytes(), None).await?;
        }
        for (at, key) in keys.iter().enumerate() {
            let expected = at.to_string().into_bytes();
            assert_eq!(get(cache, key).await?, Some(expected), "{key:?}");
        }
        Ok(())
    }

    /// The empty key is a key like any other.
    #[case]
    async fn empty_key(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_distinct(cache, &["", " "]).await?;
        assert!(cache.delete("").await?);
        assert!(!cache.exists("").await?);
        Ok(())
    }

    /// A key as long as the limit is taken, and told apart by its last byte.
    #[case]
    async fn key_of_250_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let limit = cache.limits().key_bytes;
        assert!(
            limit >= 64,
            "a limit of {limit} bytes leaves no room for keys"
        );
        let stem = "k".repeat(limit - 1);
        let keys = [&stem, &format!("{stem}a"), &format!("{stem}b")];
        assert_distinct(cache, &keys.map(String::as_str)).await
    }

    /// A key over the limit is refused by every method before anything is written, and the handle stays usable.
    #[case]
    async fn key_of_251_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        const INVALID: CacheErrorKind = CacheErrorKind::InvalidKey;
        let limit = cache.limits().key_bytes;
        let long = "k".repeat(limit + 1);
        assert_kind(cache.set(&long, b"v", None).await, INVALID);
        assert_kind(cache.add(&long, b"v", None).await, INVALID);
        assert_kind(cache.replace(&long, b"v", None).await, INVALID);
        assert_kind(cache.increment(&long, 1).await, INVALID);
        assert_kind(cache.touch(&long, Duration::from_secs(1)).await, INVALID);
        assert_kind(cache.persist(&long).await, INVALID);
        assert_kind(cache.delete(&long).await, INVALID);
        assert_kind(cache.get(&long).await, INVALID);
        assert_kind(cache.get_many(std::slice::from_ref(&long)).await, INVALID);
        assert_kind(cache.exists(&long).await, INVALID);
        assert_kind(cache.ttl(&long).await, INVALID);
        assert!(
            !cache.exists(&long[..limit]).await?,
            "a shortened key was written"
        );
        cache.set("k", b"v", None).await
    }

    /// The limit counts bytes, and not letters.
    #[case]
    async fn limit_counts_bytes(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let letters = cache.limits().key_bytes / '\u{1F980}'.len_utf8();
        let key = "\u{1F980}".repeat(letters);
        assert_distinct(cache, &[&key]).await?;
        let long = "\u{1F980}".repeat(letters + 1);
        assert_kind(
            cache.set(&long, b"v", None).await,
            CacheErrorKind::InvalidKey,
        );
        Ok(())
    }

    /// The longer the name of the namespace, the less is left for the key.
    #[case]
    async fn limit_counts_the_namespace(
        #[namespace("a")] short: &dyn CacheInterface,
        #[namespace("a-longer-name")] long: &dyn CacheInterface,
    ) -> Result<(), CacheError> {
        let (more, less) = (short.limits().key_bytes, long.limits().key_bytes);
        assert_eq!(more - less, "-longer-name".len());
        short.set(&"k".repeat(more), b"v", None).await?;
        let refused = long.set(&"k".repeat(more), b"v", None).await;
        assert_kind(refused, CacheErrorKind::InvalidKey);
        Ok(())
    }

    /// Line ends in a key are data, and never a command.
    #[case]
    async fn cr_lf_is_data(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let keys = [
            "bystander",
            "\r",
            "\n",
            "\r\n",
            "a\r\nflush_all\r\n",
            "a\r\nFLUSHALL\r\n",
            "a 0 0 1\r\nx\r\nset bystander 0 0 1\r\n",
        ];
        assert_distinct(cache, &keys).await
    }

    /// Spaces and NUL in a key are data, wherever they stand.
    #[case]
    async fn space_and_nul(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let keys = [
            "a b", "a", " a", "a ", "a\0b", "a\0", "\0a", "\0", " ", "\t", "a\tb",
        ];
        assert_distinct(cache, &keys).await
    }

    /// Keys are any text and taken byte by byte: what looks the same and is written differently is another key.
    #[case]
    async fn unicode_is_not_normalised(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let keys = [
            "\u{e9}",
            "e\u{301}",
            "\u{212b}",
            "\u{c5}",
            "\u{fb01}",
            "fi",
            "\u{1F980}",
            "\u{feff}",
            "\u{feff}k",
            "k",
        ];
        assert_distinct(cache, &keys).await
    }

    /// Keys differ by the case of their letters.
    #[case]
    async fn are_case_sensitive(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        assert_distinct(cache, &["key", "Key", "KEY", "ß", "SS", "i", "İ", "ı"]).await
    }

    /// Characters that are patterns elsewhere mean themselves.
    #[case]
    async fn glob_characters_are_literal(cache: &dyn CacheInterface) -> Result<(), CacheError> {
        let keys = [
            "a", "ab", "*", "a*", "?", "a?", "[ab]", "a[^b]", "\\*", "{a}", "%", "_", "#",
        ];
        assert_distinct(cache, &keys).await?;
        assert!(cache.delete("*").await?);
        assert!(cache.delete("a?").await?);
        assert_eq!(get(cache, "ab").await?.as_deref(), Some(&b"1"[..]));
        assert!(cache.exists("a").await?);
        Ok(())
    }
}
