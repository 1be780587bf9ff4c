//! How a cache finds and keeps its server: the URL, the times, and the first connection.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, Namespace};

use crate::cache::MemcachedCache;
use crate::error::Server;
use crate::link::Link;

/// memcached's own port.
const PORT: u16 = 11211;

/// The setting that limits an item, of which key and value are parts.
const ITEM_LIMIT: &str = "item_size_max";

/// What an item needs beside its value at the most, its key included.
const BESIDE_A_VALUE: usize = 512;

/// Options of a [`MemcachedCache`]; [`connect`](Self::connect) ends them.
///
/// Where nothing else is said: the empty namespace, values as large as the server takes them, one second for an answer,
/// half a second for a connection.
#[derive(Debug, Clone)]
pub struct MemcachedCacheBuilder {
    url: String,
    namespace: String,
    value_bytes: usize,
    response_timeout: Duration,
    connection_timeout: Duration,
}

impl MemcachedCacheBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: String::new(),
            value_bytes: usize::MAX,
            response_timeout: Duration::from_secs(1),
            connection_timeout: Duration::from_millis(500),
        }
    }

    /// The name of the namespace, of up to [`Namespace::NAME_BYTES`].
    #[must_use]
    pub fn namespace(mut self, name: &str) -> Self {
        name.clone_into(&mut self.namespace);
        self
    }

    /// The largest value to accept, in bytes. The server's own limit holds as well.
    #[must_use]
    pub fn value_bytes(mut self, limit: usize) -> Self {
        self.value_bytes = limit;
        self
    }

    /// How long a call waits for the server's answer to one request; some calls take several.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long a call waits for a connection.
    #[must_use]
    pub fn connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout;
        self
    }

    /// Connects, and asks the server once for its limit on values.
    ///
    /// # Errors
    /// [`Unavailable`](CacheErrorKind::Unavailable) when no memcached answers at the address,
    /// [`Denied`](CacheErrorKind::Denied) when it wants a password,
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) for too long a namespace, and
    /// [`Other`](CacheErrorKind::Other) for a URL that is none. They name the address.
    pub async fn connect(self) -> Result<MemcachedCache, CacheError> {
        let namespace = Namespace::new(&self.namespace)?;
        let server = Server::new(&address(&self.url)?);
        let link = Link::new(server, self.response_timeout, self.connection_timeout);
        let limit = link.setting(ITEM_LIMIT).await?;
        let limit: Option<usize> = limit.and_then(|limit| limit.parse().ok());
        let limit = limit.ok_or_else(|| link.server.surprises())?;
        let value_bytes = limit.saturating_sub(BESIDE_A_VALUE).min(self.value_bytes);
        Ok(MemcachedCache::new(Arc::new(link), namespace, value_bytes))
    }
}

/// Host and port of a URL.
fn address(url: &str) -> Result<String, CacheError> {
    let invalid = || {
        let message = "the URL is none of a memcached server, as `memcached://host:11211` is one";
        CacheError::new(CacheErrorKind::Other, message)
    };
    let rest = url.strip_prefix("memcached://").ok_or_else(invalid)?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.is_empty() || authority.contains(['/', '@', '?', '#']) {
        return Err(invalid());
    }
    // The colons of an address of version 6 are within its brackets.
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => {
            let valid = !host.is_empty() && port.parse::<u16>().is_ok();
            valid.then(|| authority.to_owned()).ok_or_else(invalid)
        }
        _ => Ok(format!("{authority}:{PORT}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_and_port_come_from_the_url() {
        assert_eq!(address("memcached://h").unwrap(), "h:11211");
        assert_eq!(address("memcached://h:7/").unwrap(), "h:7");
        assert_eq!(address("memcached://[::1]").unwrap(), "[::1]:11211");
        assert_eq!(address("memcached://[::1]:7").unwrap(), "[::1]:7");
    }

    #[test]
    fn what_is_no_url_of_a_memcached_is_refused() {
        for url in [
            "",
            "nonsense",
            "redis://h",
            "memcached://",
            "memcached://:7",
            "memcached://h:port",
            "memcached://user:hunter2@h",
        ] {
            let error = address(url).unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::Other, "{url}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
    }
}
