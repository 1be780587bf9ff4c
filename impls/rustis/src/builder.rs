//! How a cache finds and keeps its server: the URL, the times, and the first connection.
//!
//! By default rustis waits for a command without end. Here answers have a time limit, each command is sent once,
//! reconnecting goes on in the background without end, and until it has succeeded commands fail at once.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, Namespace};
use rustis::client::{Client, Config, IntoConfig, ReconnectionConfig};

use crate::cache::RustisCache;
use crate::error::Server;
use crate::link::Link;

/// The largest value that Redis takes.
const REDIS_VALUE_BYTES: usize = 512 << 20;

/// Options of a [`RustisCache`]; [`connect`](Self::connect) ends them.
///
/// Where nothing else is said: the empty namespace, values of up to 512 MiB (Redis' own limit), one second for an
/// answer, half a second for a connection.
#[derive(Clone)]
pub struct RustisCacheBuilder {
    url: String,
    namespace: String,
    value_bytes: usize,
    response_timeout: Duration,
    connection_timeout: Duration,
}

impl RustisCacheBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            namespace: String::new(),
            value_bytes: REDIS_VALUE_BYTES,
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

    /// The largest value to accept, in bytes. The server's own limit, 512 MiB unless it is configured otherwise,
    /// holds as well.
    #[must_use]
    pub fn value_bytes(mut self, limit: usize) -> Self {
        self.value_bytes = limit.min(REDIS_VALUE_BYTES);
        self
    }

    /// How long a call waits for the server's answer.
    #[must_use]
    pub fn response_timeout(mut self, timeout: Duration) -> Self {
        self.response_timeout = timeout;
        self
    }

    /// How long an attempt to connect may take, authentication included.
    #[must_use]
    pub fn connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout;
        self
    }

    /// Connects, and asks the server once whether it serves this client.
    ///
    /// # Errors
    /// [`Unavailable`](CacheErrorKind::Unavailable) when no server answers at the address,
    /// [`Denied`](CacheErrorKind::Denied) when it refuses the password,
    /// [`Unsupported`](CacheErrorKind::Unsupported) for `rediss://`, since this build has no TLS,
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) for too long a namespace, and
    /// [`Other`](CacheErrorKind::Other) for a URL that is none. They name the address and never the password.
    pub async fn connect(self) -> Result<RustisCache, CacheError> {
        let namespace = Namespace::new(&self.namespace)?;
        let config = self.config()?;
        let server = Server::new(&config);
        let connecting = Client::connect(config.clone());
        // Finding the address has no limit of its own.
        let patience = 2 * self.connection_timeout;
        let connected = tokio::time::timeout(patience, connecting).await;
        let client = connected.map_err(|_| server.is_silent())?;
        let client = client.map_err(|error| server.refuses(error))?;
        let link = Link::new(client, config, patience);
        // Without a password in the URL nothing was asked yet, and a server that wants one may not have said so.
        let ping = link.ask(rustis::resp::cmd("PING")).await;
        ping.map_err(|error| server.refuses(error))?;
        Ok(RustisCache::new(
            Arc::new(link),
            server,
            namespace,
            self.value_bytes,
        ))
    }

    fn config(&self) -> Result<Config, CacheError> {
        let scheme = self.url.split(':').next().unwrap_or_default();
        if matches!(scheme, "rediss" | "valkeys") {
            let message = "contrait-rustis has no TLS: use contrait-redis-rs or contrait-fred";
            return Err(CacheError::new(CacheErrorKind::Unsupported, message));
        }
        if !matches!(scheme, "redis" | "valkey" | "redis+unix" | "valkey+unix") {
            return Err(invalid());
        }
        // rustis has names of its own for the others.
        let url = self.url.replacen("valkey", "redis", 1);
        let url = url.replacen("redis+unix:", "unix:", 1);
        // Its error would quote the URL, with the password.
        let mut config = url.as_str().into_config().map_err(|_| invalid())?;
        config.connect_timeout = self.connection_timeout;
        config.command_timeout = self.response_timeout;
        config.retry_on_error = false;
        // Nothing is queued for a server that is away, so that this would only limit the size of values.
        config.backpressure.max_queued_bytes = 0;
        config.reconnection = ReconnectionConfig::Exponential {
            max_attempts: 0,
            min_delay: 20,
            max_delay: 250,
            multiplicative_factor: 2,
            jitter: 10,
        };
        Ok(config)
    }
}

fn invalid() -> CacheError {
    CacheError::new(
        CacheErrorKind::Other,
        "the URL is none of a Redis server, as `redis://:password@host:6379/0` is one",
    )
}

/// The URL can hold a password, so that only what is no secret is shown.
impl std::fmt::Debug for RustisCacheBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RustisCacheBuilder")
            .field("namespace", &self.namespace)
            .field("value_bytes", &self.value_bytes)
            .field("response_timeout", &self.response_timeout)
            .field("connection_timeout", &self.connection_timeout)
            .finish_non_exhaustive()
    }
}
