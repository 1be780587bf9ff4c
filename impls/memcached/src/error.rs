//! What the connection and the server report, as the kinds of the contract.

use std::io;
use std::sync::Arc;

use contrait::cache::{CacheError, CacheErrorKind};

use crate::connection::Failure;

/// The server as errors speak of it.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    address: Arc<str>,
}

impl Server {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            address: address.into(),
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error while connecting.
    pub(crate) fn refuses(&self, source: io::Error) -> CacheError {
        self.error(CacheErrorKind::Unavailable, "cannot connect to")
            .with_source(source)
    }

    /// That nothing came of connecting for so long.
    pub(crate) fn is_silent(&self) -> CacheError {
        let message = format!("cannot connect to memcached at {}: no answer", self.address);
        CacheError::new(CacheErrorKind::Unavailable, message)
    }

    /// A request without replies.
    pub(crate) fn fails(&self, failure: Failure) -> CacheError {
        match failure {
            Failure::Late => self.error(CacheErrorKind::Timeout, "no answer in time from"),
            Failure::Lost(cause) => {
                let error = self.error(CacheErrorKind::Unavailable, "lost the connection to");
                match cause {
                    Some(cause) => error.with_source(cause),
                    None => error,
                }
            }
        }
    }

    /// What the server says that it cannot do.
    pub(crate) fn says(&self, text: &str) -> CacheError {
        let kind = kind(text);
        let what = match kind {
            CacheErrorKind::ValueTooLarge => "the value is too large for",
            CacheErrorKind::Denied => "refused by",
            CacheErrorKind::WrongKind => "what is stored is no number, says",
            CacheErrorKind::Unsupported => "meta commands, since 1.6, are unknown to",
            CacheErrorKind::Unavailable => "cannot be served by",
            _ => "an unexpected answer from",
        };
        self.error(kind, what).with_source(text)
    }

    /// A reply that the command never has.
    pub(crate) fn surprises(&self) -> CacheError {
        self.error(CacheErrorKind::Other, "an unexpected answer from")
    }

    /// That others wrote first, again and again.
    pub(crate) fn is_contended(&self) -> CacheError {
        self.error(
            CacheErrorKind::Timeout,
            "too many others write the same entry at",
        )
    }

    fn error(&self, kind: CacheErrorKind, what: &str) -> CacheError {
        CacheError::new(kind, format!("{what} memcached at {}", self.address))
    }
}

fn kind(text: &str) -> CacheErrorKind {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("SERVER_ERROR", "object too large for cache") => CacheErrorKind::ValueTooLarge,
        ("SERVER_ERROR", _) => CacheErrorKind::Unavailable,
        ("CLIENT_ERROR", reason) if reason.starts_with("unauth") => CacheErrorKind::Denied,
        ("CLIENT_ERROR", reason) if reason.ends_with("non-numeric value") => {
            CacheErrorKind::WrongKind
        }
        ("ERROR", _) => CacheErrorKind::Unsupported,
        _ => CacheErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn kinds_follow_the_servers_words() {
        let kinds = [
            (
                "SERVER_ERROR object too large for cache",
                CacheErrorKind::ValueTooLarge,
            ),
            (
                "SERVER_ERROR out of memory storing object",
                CacheErrorKind::Unavailable,
            ),
            ("CLIENT_ERROR unauthenticated", CacheErrorKind::Denied),
            (
                "CLIENT_ERROR cannot increment or decrement non-numeric value",
                CacheErrorKind::WrongKind,
            ),
            ("CLIENT_ERROR bad data chunk", CacheErrorKind::Other),
            ("ERROR", CacheErrorKind::Unsupported),
        ];
        let server = Server::new("h:7");
        for (text, expected) in kinds {
            let error = server.says(text);
            assert_eq!(error.kind(), expected, "{text}");
            assert_eq!(error.source().unwrap().to_string(), text);
            assert!(error.to_string().contains("memcached at h:7"), "{error}");
        }
    }

    #[test]
    fn lost_and_late_are_told_apart() {
        let server = Server::new("h:7");
        let cause = io::Error::from(io::ErrorKind::ConnectionReset);
        let lost = server.fails(Failure::Lost(Some(Arc::new(cause))));
        assert_eq!(lost.kind(), CacheErrorKind::Unavailable);
        assert!(lost.source().is_some());
        let late = server.fails(Failure::Late);
        assert_eq!(late.kind(), CacheErrorKind::Timeout);
    }
}
