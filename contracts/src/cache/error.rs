//! What can go wrong in a cache, sorted by what a caller can do about it.
//!
//! The kinds are the contract; messages and sources are for people. Neither ever holds a password or a cached value,
//! and keys are told by their length only: which ones a batch failed on is for the program to ask.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// An error of a cache: what happened, what to do, and the cause where there is one.
///
/// Cheap to clone, so that one failed load can answer many waiting callers.
#[derive(Clone)]
pub struct CacheError {
    kind: CacheErrorKind,
    message: Box<str>,
    // Behind one pointer: most errors have neither, and every result has room for them.
    details: Option<Arc<Details>>,
}

#[derive(Clone, Default)]
struct Details {
    source: Option<Arc<dyn Error + Send + Sync>>,
    keys: BTreeSet<String>,
}

impl CacheError {
    /// An error of `kind`. The message says what happened, in lower case and without a full stop; what to do is
    /// added by the kind.
    pub fn new(kind: CacheErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into().into_boxed_str(),
            details: None,
        }
    }

    /// Keeps `source` as the cause. It must not show secrets: neither passwords nor cached values.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.details_mut().source = Some(Arc::from(source.into()));
        self
    }

    /// Names the keys of a batch that it failed on, in place of those that were named before.
    #[must_use]
    pub fn with_keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        self.details_mut().keys = keys.into_iter().map(Into::into).collect();
        self
    }

    /// What a caller can act on.
    pub fn kind(&self) -> CacheErrorKind {
        self.kind
    }

    /// What happened, without the advice that [`Display`](fmt::Display) adds.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The keys that a batch of writes failed on, as the caller wrote them; none where the call was no batch.
    ///
    /// After [`InvalidKey`](CacheErrorKind::InvalidKey) and [`ValueTooLarge`](CacheErrorKind::ValueTooLarge) these are
    /// the keys that were refused, and nothing was written. After every other error these are the keys whose entries
    /// may or may not have been written, and all others were.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> {
        static NONE: BTreeSet<String> = BTreeSet::new();
        let keys = self
            .details
            .as_deref()
            .map_or(&NONE, |details| &details.keys);
        keys.iter().map(String::as_str)
    }

    fn details_mut(&mut self) -> &mut Details {
        Arc::make_mut(self.details.get_or_insert_default())
    }
}

impl fmt::Display for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.kind.advice() {
            "" => Ok(()),
            advice => write!(f, ": {advice}"),
        }
    }
}

impl fmt::Debug for CacheError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("CacheError");
        debug
            .field("kind", &self.kind)
            .field("message", &self.message);
        // `None` would be noise in the failure of a test, which prints errors like this.
        if let Some(source) = self.source() {
            debug.field("source", &source);
        }
        if self.keys().len() > 0 {
            debug.field("keys", &format_args!("{} of them", self.keys().len()));
        }
        debug.finish()
    }
}

impl Error for CacheError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = self.details.as_deref()?.source.as_deref()?;
        Some(source)
    }
}

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CacheErrorKind {
    /// The server cannot be reached or cannot serve now. A write may or may not have happened.
    Unavailable,
    /// The server did not answer in time. A write may or may not have happened.
    Timeout,
    /// The server refuses this client: a wrong password or a missing permission.
    Denied,
    /// The key, or the name of the namespace, is longer than the limit. Nothing was changed.
    InvalidKey,
    /// The value is larger than the limit. The old value stays or is gone.
    ValueTooLarge,
    /// What is stored is not of the kind that the method works on. Nothing was changed.
    WrongKind,
    /// The counter would leave the range of `i64`. Nothing was changed.
    OutOfRange,
    /// This backend cannot do that, as it is built or by nature.
    Unsupported,
    /// This handle was closed. Nothing was changed.
    Closed,
    /// A typed value could not be encoded, or what is stored is of another type.
    Codec,
    /// Anything else, told by the message and the source.
    Other,
}

impl CacheErrorKind {
    fn advice(self) -> &'static str {
        match self {
            Self::Unavailable => {
                "check that the server runs and can be reached, or go on without the cache"
            }
            Self::Timeout => "go on without the cache, or give the server more time",
            Self::Denied => "check the user, the password and the permissions",
            Self::InvalidKey => "shorten the key or hash it",
            Self::ValueTooLarge => "store less under one key, or raise the limit",
            Self::WrongKind => "use another key, or delete what is stored",
            Self::OutOfRange => "count in another key, or reset this one",
            Self::Closed => "open another one, or close it later",
            Self::Codec => "read it as the type that was stored, or delete it",
            // What to do depends on the message, which says it.
            Self::Unsupported | Self::Other => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_says_what_happened_and_what_to_do() {
        let error = CacheError::new(
            CacheErrorKind::InvalidKey,
            "the key has 251 bytes, and 240 fit",
        );
        assert_eq!(
            error.to_string(),
            "the key has 251 bytes, and 240 fit: shorten the key or hash it"
        );
        assert_eq!(error.message(), "the key has 251 bytes, and 240 fit");
    }

    #[test]
    fn source_is_kept_and_shown_by_debug() {
        let cause = std::io::Error::other("cable cut");
        let error = CacheError::new(CacheErrorKind::Unavailable, "no answer").with_source(cause);
        assert_eq!(error.source().unwrap().to_string(), "cable cut");
        assert!(format!("{error:?}").contains("cable cut"));
        assert!(
            error
                .clone()
                .source()
                .unwrap()
                .downcast_ref::<std::io::Error>()
                .is_some()
        );
    }

    #[test]
    fn keys_are_named_to_the_program_and_counted_to_people() {
        let error = CacheError::new(CacheErrorKind::Timeout, "no answer");
        assert_eq!(error.keys().len(), 0);
        let error = error.with_keys(["b", "secret", "b"]).with_source("late");
        assert_eq!(error.keys().collect::<Vec<_>>(), ["b", "secret"]);
        assert!(error.source().is_some());
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("secret"), "{shown}");
        assert!(shown.contains("2 of them"), "{shown}");
    }

    #[test]
    fn error_crosses_threads_and_stays_small_in_a_result() {
        fn crosses<T: Send + Sync + 'static>() {}
        crosses::<CacheError>();
        assert!(size_of::<CacheError>() <= 40);
    }
}
