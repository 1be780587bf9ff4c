//! What fred and the server report, as the kinds of the contract.
//!
//! fred hands the server's error on as text, whose first word decides; its own errors have kinds. A source is kept
//! unless it shows the password, as some servers' answers to an unknown command do.

use std::sync::Arc;

use contrait::cache::{CacheError, CacheErrorKind};
use fred::error::{Error, ErrorKind};
use fred::types::config::Config;

use crate::address;

/// What fred itself says, as an unknown error, of a command that found its connection on the way out or its task ended.
const FRED_WITHOUT_A_CONNECTION: [&str; 4] = [
    "Client is not initialized.",
    "Failed to route command.",
    "Failed to send command to router.",
    "Too many failed write attempts.",
];

/// The server as errors speak of it.
#[derive(Clone)]
pub(crate) struct Server {
    address: Arc<str>,
    password: Option<Arc<str>>,
}

impl Server {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            address: address::display(config).into(),
            password: config.password.as_deref().map(Arc::from),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error while connecting.
    pub(crate) fn refuses(&self, error: Error) -> CacheError {
        let kind = match kind(&error) {
            // Nothing was sent yet: for a caller a server that does not answer is one that is not there.
            CacheErrorKind::Timeout => CacheErrorKind::Unavailable,
            kind => kind,
        };
        self.error(kind, "cannot connect to", error)
    }

    /// An error of a command.
    pub(crate) fn fails(&self, error: Error) -> CacheError {
        let kind = kind(&error);
        let what = match kind {
            CacheErrorKind::Timeout => "no answer in time from",
            CacheErrorKind::Unavailable => "cannot be served by",
            CacheErrorKind::WrongKind => "what is stored is of another kind, says",
            CacheErrorKind::OutOfRange => "the counter would overflow, says",
            CacheErrorKind::ValueTooLarge => "the value is too large for",
            CacheErrorKind::Denied => "refused by",
            _ => "an unexpected answer from",
        };
        self.error(kind, what, error)
    }

    /// An answer of a form that the command never has.
    pub(crate) fn surprises(&self, command: &str) -> CacheError {
        let message = format!(
            "{command} had an unexpected answer from Redis at {}",
            self.address
        );
        CacheError::new(CacheErrorKind::Other, message)
    }

    fn error(&self, kind: CacheErrorKind, what: &str, source: Error) -> CacheError {
        let error = CacheError::new(kind, format!("{what} Redis at {}", self.address));
        match &self.password {
            Some(password) if source.details().contains(&**password) => error,
            _ => error.with_source(source),
        }
    }
}

fn kind(error: &Error) -> CacheErrorKind {
    match error.kind() {
        ErrorKind::Timeout => CacheErrorKind::Timeout,
        ErrorKind::Auth => CacheErrorKind::Denied,
        // `Canceled` is what a command gets that found no connection, or lost it on the way.
        ErrorKind::IO
        | ErrorKind::Canceled
        | ErrorKind::Routing
        | ErrorKind::Cluster
        | ErrorKind::Protocol
        | ErrorKind::Backpressure => CacheErrorKind::Unavailable,
        #[cfg(feature = "tls")]
        ErrorKind::Tls => CacheErrorKind::Unavailable,
        _ => kind_of_text(error.details()),
    }
}

/// The server's words: a code, or `ERR` and a sentence.
fn kind_of_text(text: &str) -> CacheErrorKind {
    match text.split_whitespace().next().unwrap_or_default() {
        "WRONGTYPE" => CacheErrorKind::WrongKind,
        "NOAUTH" | "WRONGPASS" | "NOPERM" => CacheErrorKind::Denied,
        "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MISCONF" | "NOREPLICAS" | "OOM"
        | "READONLY" | "TRYAGAIN" | "UNBLOCKED" => CacheErrorKind::Unavailable,
        "NOPROTO" => CacheErrorKind::Unsupported,
        "ERR" => kind_of_sentence(text),
        _ if FRED_WITHOUT_A_CONNECTION.contains(&text) => CacheErrorKind::Unavailable,
        _ => CacheErrorKind::Other,
    }
}

fn kind_of_sentence(text: &str) -> CacheErrorKind {
    match text {
        _ if text.contains("would overflow") => CacheErrorKind::OutOfRange,
        _ if text.contains("is not an integer") => CacheErrorKind::WrongKind,
        _ if text.contains("exceeds maximum allowed size") => CacheErrorKind::ValueTooLarge,
        _ if text.contains("invalid bulk length") => CacheErrorKind::ValueTooLarge,
        _ if text.contains("max number of clients") => CacheErrorKind::Unavailable,
        _ if text.contains("unknown command") => CacheErrorKind::Unsupported,
        _ => CacheErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn kinds_follow_the_servers_words() {
        let kinds = [
            (
                "WRONGTYPE Operation against a key",
                CacheErrorKind::WrongKind,
            ),
            (
                "NOPERM this user has no permissions",
                CacheErrorKind::Denied,
            ),
            ("OOM command not allowed", CacheErrorKind::Unavailable),
            (
                "ERR value is not an integer or out of range",
                CacheErrorKind::WrongKind,
            ),
            (
                "ERR increment or decrement would overflow",
                CacheErrorKind::OutOfRange,
            ),
            (
                "ERR max number of clients reached",
                CacheErrorKind::Unavailable,
            ),
            ("ERR something else", CacheErrorKind::Other),
            ("SOMETHING else", CacheErrorKind::Other),
            ("Failed to route command.", CacheErrorKind::Unavailable),
        ];
        for (text, expected) in kinds {
            assert_eq!(
                kind(&Error::new(ErrorKind::Unknown, text)),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn kinds_follow_the_connection() {
        let kinds = [
            (ErrorKind::Timeout, CacheErrorKind::Timeout),
            (ErrorKind::Canceled, CacheErrorKind::Unavailable),
            (ErrorKind::IO, CacheErrorKind::Unavailable),
            (ErrorKind::Auth, CacheErrorKind::Denied),
        ];
        for (own, expected) in kinds {
            assert_eq!(kind(&Error::new(own.clone(), "why")), expected, "{own:?}");
        }
    }

    #[test]
    fn source_is_dropped_only_where_it_shows_the_password() {
        let config = address::config("redis://:hunter2@localhost").unwrap();
        let server = Server::new(&config);
        let leak = "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `hunter2`";
        let error = server.refuses(Error::new(ErrorKind::Unknown, leak));
        assert!(error.source().is_none());
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        let error = server.fails(Error::new(ErrorKind::IO, "reset"));
        assert!(error.source().is_some());
        assert!(error.to_string().contains("localhost:6379"));
    }
}
