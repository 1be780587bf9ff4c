//! How a namespace and a key become the key that a store sees.
//!
//! One place for all backends, so that a key that one backend takes is taken by every other, and so that the join is
//! unambiguous everywhere: `a` with `b:c` must not meet `a:b` with `c`. The name's length in front sees to that. What
//! a server cannot have in a key (spaces in memcached's text protocol) is for its backend to encode.

use super::{CacheError, CacheErrorKind};

/// A part of a store with keys of its own: it joins and checks keys.
///
/// The stored key is the name's length in bytes, a colon, the name, a colon, and the caller's key: `5:users:42`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Namespace {
    prefix: Box<str>,
}

impl Namespace {
    /// The longest stored key in bytes on any backend: memcached's limit. One that needs some of them itself takes fewer.
    pub const STORED_KEY_BYTES: usize = 250;

    /// The longest name in bytes, so that something is left for keys.
    pub const NAME_BYTES: usize = 128;

    /// A namespace of this name. Any UTF-8 text is a name, the empty one too.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) for a name of more than [`NAME_BYTES`](Self::NAME_BYTES).
    pub fn new(name: &str) -> Result<Self, CacheError> {
        let len = name.len();
        if len > Self::NAME_BYTES {
            return Err(too_long("name of the namespace", len, Self::NAME_BYTES));
        }
        let prefix = format!("{len}:{name}:").into_boxed_str();
        Ok(Self { prefix })
    }

    /// What the namespace leaves for a caller's key, in bytes.
    pub fn key_bytes(&self) -> usize {
        Self::STORED_KEY_BYTES - self.prefix.len()
    }

    /// The stored key for a caller's key. Different pairs of name and key never give the same.
    ///
    /// # Errors
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) for a key of more than [`key_bytes`](Self::key_bytes).
    pub fn join(&self, key: &str) -> Result<String, CacheError> {
        if key.len() > self.key_bytes() {
            return Err(too_long("key", key.len(), self.key_bytes()));
        }
        Ok([&self.prefix, key].concat())
    }

    /// What every stored key of this namespace begins with, and no key of another one.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The caller's key of a stored key; `None` where that is another namespace's.
    pub fn split<'k>(&self, stored: &'k str) -> Option<&'k str> {
        stored.strip_prefix(&*self.prefix)
    }
}

fn too_long(what: &str, len: usize, limit: usize) -> CacheError {
    CacheError::new(
        CacheErrorKind::InvalidKey,
        format!("the {what} has {len} bytes, and {limit} fit"),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn stored_key_is_readable() {
        let users = Namespace::new("users").unwrap();
        assert_eq!(users.join("42").unwrap(), "5:users:42");
        assert_eq!(users.key_bytes(), 242);
    }

    #[test]
    fn stored_key_is_split_in_its_own_namespace_alone() {
        let users = Namespace::new("users").unwrap();
        let stored = users.join("42").unwrap();
        assert_eq!(users.split(&stored), Some("42"));
        assert_eq!(Namespace::new("").unwrap().split(&stored), None);
        assert_eq!(Namespace::new("users:42").unwrap().split(&stored), None);
    }

    #[test]
    fn limit_counts_the_namespace() {
        for name in ["", "a", "ü", &"n".repeat(Namespace::NAME_BYTES)] {
            let namespace = Namespace::new(name).unwrap();
            let longest = "k".repeat(namespace.key_bytes());
            assert_eq!(
                namespace.join(&longest).unwrap().len(),
                Namespace::STORED_KEY_BYTES
            );
            let error = namespace.join(&(longest + "k")).unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::InvalidKey);
        }
    }

    #[test]
    fn too_long_a_name_is_refused() {
        let error = Namespace::new(&"n".repeat(Namespace::NAME_BYTES + 1)).unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::InvalidKey);
        assert_eq!(
            error.message(),
            "the name of the namespace has 129 bytes, and 128 fit"
        );
    }

    #[test]
    fn no_two_pairs_meet() {
        let parts = [
            "", ":", "a", "1", "a:", ":a", "1:", ":1", "a:b", "1:a", "1:a:", "11:a", "0::", "3:a:b",
        ];
        let mut seen = HashSet::new();
        for name in parts {
            for key in parts {
                let stored = Namespace::new(name).unwrap().join(key).unwrap();
                assert!(
                    seen.insert(stored.clone()),
                    "{name:?} with {key:?} meets another pair at {stored:?}"
                );
            }
        }
    }
}
