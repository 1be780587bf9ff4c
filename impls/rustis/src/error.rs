//! What rustis and the server report, as the kinds of the contract.
//!
//! A source is kept unless it shows the password, as some servers' answers to an unknown command do.

use std::sync::Arc;

use contrait::cache::{CacheError, CacheErrorKind};
use contrait_redis_parts as parts;
use rustis::client::{Config, ServerConfig};
use rustis::{ClientError, Error, ErrorKind};

/// The server as errors speak of it.
#[derive(Clone)]
pub(crate) struct Server {
    address: Arc<str>,
    password: Option<Arc<str>>,
}

impl Server {
    pub(crate) fn new(config: &Config) -> Self {
        let address = match &config.server {
            ServerConfig::Standalone { host, port } => format!("{host}:{port}"),
            ServerConfig::UnixSocket { path } => path.display().to_string(),
            _ => "no single address".to_owned(),
        };
        let password = config.password.as_deref();
        Self {
            address: address.into(),
            password: password.filter(|text| !text.is_empty()).map(Arc::from),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error while connecting.
    pub(crate) fn refuses(&self, error: Error) -> CacheError {
        let kind = match kind(error.kind()) {
            // Nothing was sent yet: for a caller a server that does not answer is one that is not there.
            CacheErrorKind::Timeout => CacheErrorKind::Unavailable,
            kind => kind,
        };
        self.error(kind, "cannot connect to", error)
    }

    /// That nothing came of connecting for so long.
    pub(crate) fn is_silent(&self) -> CacheError {
        let message = format!("cannot connect to Redis at {}: no answer", self.address);
        CacheError::new(CacheErrorKind::Unavailable, message)
    }

    /// An error of a command.
    pub(crate) fn fails(&self, error: Error) -> CacheError {
        let kind = kind(error.kind());
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
        let address = &self.address;
        let message = format!("{command} had an unexpected answer from Redis at {address}");
        CacheError::new(CacheErrorKind::Other, message)
    }

    fn error(&self, kind: CacheErrorKind, what: &str, source: Error) -> CacheError {
        let error = CacheError::new(kind, format!("{what} Redis at {}", self.address));
        match &self.password {
            Some(password) if format!("{source} {source:?}").contains(&**password) => error,
            _ => error.with_source(source),
        }
    }
}

fn kind(error: &ErrorKind) -> CacheErrorKind {
    match error {
        ErrorKind::Redis(error) => parts::kind_of_error(&error.to_string()),
        ErrorKind::Timeout(_) => CacheErrorKind::Timeout,
        ErrorKind::Client(ClientError::InvalidUri(_) | ClientError::ConfigParseError) => {
            CacheErrorKind::Other
        }
        // After an answer that cannot be read, rustis replaces the connection as after a lost one; and what its own
        // channels say is that the task behind them has ended.
        ErrorKind::Client(_)
        | ErrorKind::IO(_)
        | ErrorKind::EOF
        | ErrorKind::OneshotCanceled(_)
        | ErrorKind::MpscSend(_)
        | ErrorKind::DisconnectedByPeer => CacheErrorKind::Unavailable,
        _ => CacheErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use rustis::RedisError;
    use rustis::client::IntoConfig;

    use super::*;

    fn told(text: &[u8]) -> Error {
        RedisError::try_from(text).unwrap().into()
    }

    #[test]
    fn kinds_follow_the_servers_words_and_the_connection() {
        let kinds = [
            (
                told(b"WRONGTYPE Operation against a key"),
                CacheErrorKind::WrongKind,
            ),
            (
                told(b"NOPERM this user has no permissions"),
                CacheErrorKind::Denied,
            ),
            (
                told(b"OOM command not allowed"),
                CacheErrorKind::Unavailable,
            ),
            (
                told(b"ERR value is not an integer or out of range"),
                CacheErrorKind::WrongKind,
            ),
            (told(b"SOMETHING else"), CacheErrorKind::Other),
            (
                ErrorKind::DisconnectedByPeer.into(),
                CacheErrorKind::Unavailable,
            ),
        ];
        for (error, expected) in kinds {
            assert_eq!(kind(error.kind()), expected, "{error:?}");
        }
    }

    #[test]
    fn source_is_dropped_only_where_it_shows_the_password() {
        let config = "redis://:hunter2@localhost".into_config().unwrap();
        let server = Server::new(&config);
        let leak = told(b"ERR unknown command `HELLO`, with args beginning with: `3`, `hunter2`");
        let error = server.refuses(leak);
        assert!(error.source().is_none());
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        let error = server.fails(ErrorKind::DisconnectedByPeer.into());
        assert!(error.source().is_some());
        assert!(error.to_string().contains("localhost:6379"));
    }
}
