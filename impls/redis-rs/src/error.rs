//! What redis-rs and the server report, as the kinds of the contract.
//!
//! The server's own words decide where redis-rs has one kind for many errors. A source is kept unless it shows the
//! password, as some servers' answers to an unknown command do.

use std::sync::Arc;

use contrait::cache::{CacheError, CacheErrorKind};
use redis::{ConnectionInfo, ErrorKind, RedisError, ServerErrorKind};

/// The server as errors speak of it.
#[derive(Clone)]
pub(crate) struct Server {
    address: Arc<str>,
    password: Option<Arc<str>>,
}

impl Server {
    /// Of several, nodes of a cluster have one password.
    pub(crate) fn new(infos: &[ConnectionInfo]) -> Self {
        let addresses: Vec<String> = infos.iter().map(|info| info.addr().to_string()).collect();
        let first = infos.first().map(ConnectionInfo::redis_settings);
        let password = first.and_then(|settings| settings.password());
        Self {
            address: addresses.join(", ").into(),
            password: password.filter(|text| !text.is_empty()).map(Arc::from),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// An error while connecting.
    pub(crate) fn refuses(&self, error: RedisError) -> CacheError {
        let kind = match kind(&error) {
            // Nothing was sent yet: for a caller a server that does not answer is one that is not there.
            CacheErrorKind::Timeout => CacheErrorKind::Unavailable,
            kind => kind,
        };
        self.error(kind, "cannot connect to", error)
    }

    /// An error of a command.
    pub(crate) fn fails(&self, error: RedisError) -> CacheError {
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

    fn error(&self, kind: CacheErrorKind, what: &str, source: RedisError) -> CacheError {
        let error = CacheError::new(kind, format!("{what} Redis at {}", self.address));
        match &self.password {
            Some(password) if source.to_string().contains(&**password) => error,
            _ => error.with_source(source),
        }
    }
}

fn kind(error: &RedisError) -> CacheErrorKind {
    match error.kind() {
        _ if error.is_timeout() => CacheErrorKind::Timeout,
        // After an answer that cannot be parsed, redis-rs replaces the connection as after a lost one.
        ErrorKind::Io | ErrorKind::Parse => CacheErrorKind::Unavailable,
        #[cfg(feature = "cluster")]
        ErrorKind::ClusterConnectionNotFound => CacheErrorKind::Unavailable,
        ErrorKind::AuthenticationFailed => CacheErrorKind::Denied,
        ErrorKind::RESP3NotSupported => CacheErrorKind::Unsupported,
        ErrorKind::Server(ServerErrorKind::ResponseError) => {
            kind_of_text(error.detail().unwrap_or_default())
        }
        _ => kind_of_code(error.code().unwrap_or_default()),
    }
}

/// The first word of the server's error.
fn kind_of_code(code: &str) -> CacheErrorKind {
    match code {
        "WRONGTYPE" => CacheErrorKind::WrongKind,
        "NOAUTH" | "WRONGPASS" | "NOPERM" => CacheErrorKind::Denied,
        "ASK" | "BUSY" | "CLUSTERDOWN" | "LOADING" | "MASTERDOWN" | "MISCONF" | "MOVED"
        | "NOREPLICAS" | "OOM" | "READONLY" | "TRYAGAIN" | "UNBLOCKED" => {
            CacheErrorKind::Unavailable
        }
        _ => CacheErrorKind::Other,
    }
}

/// The rest of it, where the first word is only `ERR`.
fn kind_of_text(text: &str) -> CacheErrorKind {
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
    use std::error::Error;
    use std::io;

    use redis::make_extension_error;

    use super::*;

    fn server(url: &str) -> Server {
        use redis::IntoConnectionInfo;
        Server::new(&[url.into_connection_info().unwrap()])
    }

    #[test]
    fn kinds_follow_the_servers_words() {
        let kinds = [
            (
                "WRONGTYPE",
                "Operation against a key",
                CacheErrorKind::WrongKind,
            ),
            ("NOAUTH", "Authentication required.", CacheErrorKind::Denied),
            ("OOM", "command not allowed", CacheErrorKind::Unavailable),
            ("SOMETHING", "else", CacheErrorKind::Other),
        ];
        for (code, text, expected) in kinds {
            let error = make_extension_error(code.to_owned(), Some(text.to_owned()));
            assert_eq!(kind(&error), expected, "{code} {text}");
        }
    }

    #[test]
    fn kinds_follow_the_connection() {
        let io = |kind: io::ErrorKind| RedisError::from(io::Error::from(kind));
        assert_eq!(kind(&io(io::ErrorKind::TimedOut)), CacheErrorKind::Timeout);
        for lost in [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionRefused] {
            assert_eq!(kind(&io(lost)), CacheErrorKind::Unavailable);
        }
    }

    #[test]
    fn source_is_dropped_only_where_it_shows_the_password() {
        let server = server("redis://:hunter2@localhost");
        let leak = make_extension_error(
            "ODD".to_owned(),
            Some("unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'hunter2'".into()),
        );
        let error = server.refuses(leak);
        assert!(error.source().is_none());
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        let lost = RedisError::from(io::Error::from(io::ErrorKind::ConnectionReset));
        let error = server.fails(lost);
        assert!(error.source().is_some());
        assert!(error.to_string().contains("localhost:6379"));
    }
}
