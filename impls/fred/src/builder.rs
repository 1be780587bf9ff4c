//! How a cache finds and keeps its server: the URL, the times, and the first connection.
//!
//! fred's defaults wait without end for a lost server and send a command up to three times, so that an increment can
//! be applied twice. Here each command is sent once, answers have a time limit, reconnecting goes on in the
//! background without end, and until it has succeeded commands fail at once.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::{CacheError, Namespace};
use fred::clients::Client;
use fred::error::{Error, ErrorKind};
use fred::interfaces::ClientLike;
use fred::types::config::{Config, ConnectionConfig, Options, PerformanceConfig, ReconnectPolicy};
use fred::types::{Builder, RespVersion};

use crate::address;
use crate::cache::FredCache;
use crate::connection::Connection;
use crate::error::Server;

/// The largest value that Redis takes.
const REDIS_VALUE_BYTES: usize = 512 << 20;

/// Options of a [`FredCache`]; [`connect`](Self::connect) ends them.
///
/// Where nothing else is said: the empty namespace, values of up to 512 MiB (Redis' own limit), one second for an
/// answer, half a second for a connection.
#[derive(Clone)]
pub struct FredCacheBuilder {
    /// Of one server, or of nodes of a cluster.
    urls: Vec<String>,
    cluster: bool,
    namespace: String,
    resp3: bool,
    value_bytes: usize,
    response_timeout: Duration,
    connection_timeout: Duration,
    #[cfg(feature = "tls")]
    root_certificate: Option<Vec<u8>>,
}

impl FredCacheBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            urls: vec![url.to_owned()],
            cluster: false,
            namespace: String::new(),
            resp3: false,
            value_bytes: REDIS_VALUE_BYTES,
            response_timeout: Duration::from_secs(1),
            connection_timeout: Duration::from_millis(500),
            #[cfg(feature = "tls")]
            root_certificate: None,
        }
    }

    pub(crate) fn of_cluster(urls: Vec<String>) -> Self {
        Self {
            urls,
            cluster: true,
            ..Self::new("")
        }
    }

    /// The name of the namespace, of up to [`Namespace::NAME_BYTES`].
    #[must_use]
    pub fn namespace(mut self, name: &str) -> Self {
        name.clone_into(&mut self.namespace);
        self
    }

    /// Speaks RESP3, as `?protocol=resp3` in the URL does.
    #[must_use]
    pub fn resp3(mut self) -> Self {
        self.resp3 = true;
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

    /// How long an attempt to connect may take, and how long each step of the handshake after it.
    #[must_use]
    pub fn connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout;
        self
    }

    /// The certificate, in PEM, of the authority that signed the server's, in place of those that the system trusts.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.root_certificate = Some(pem.into());
        self
    }

    /// Connects, and asks the server once whether it serves this client.
    ///
    /// # Errors
    /// [`Unavailable`](contrait::cache::CacheErrorKind::Unavailable) when no server answers at the address,
    /// [`Denied`](contrait::cache::CacheErrorKind::Denied) when it refuses the password,
    /// [`Unsupported`](contrait::cache::CacheErrorKind::Unsupported) for `rediss://` without the feature `tls`,
    /// [`InvalidKey`](contrait::cache::CacheErrorKind::InvalidKey) for too long a namespace, and
    /// [`Other`](contrait::cache::CacheErrorKind::Other) for a URL that is none. They name the address and never the password.
    pub async fn connect(self) -> Result<FredCache, CacheError> {
        let namespace = Namespace::new(&self.namespace)?;
        let config = self.config()?;
        let server = Server::new(&config);
        let client = self.client(config).map_err(|error| server.refuses(error))?;
        // The parts have limits of their own; together they must not add up to a long wait.
        let limit = 2 * self.connection_timeout + self.response_timeout;
        let connected = tokio::time::timeout(limit, self.handshake(client)).await;
        let connection = connected
            .unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Timeout,
                    "The handshake took too long.",
                ))
            })
            .map_err(|error| server.refuses(error))?;
        Ok(FredCache::new(
            Arc::new(connection),
            server,
            namespace,
            self.value_bytes,
        ))
    }

    fn config(&self) -> Result<Config, CacheError> {
        let mut config = match self.cluster {
            true => address::cluster(&self.urls)?,
            false => address::config(&self.urls[0])?,
        };
        if self.resp3 {
            config.version = RespVersion::RESP3;
        }
        #[cfg(feature = "tls")]
        if self.urls.iter().any(|url| address::wants_tls(url)) {
            config.tls = Some(crate::tls::connector(self.root_certificate.as_deref())?.into());
        }
        Ok(config)
    }

    fn client(&self, config: Config) -> Result<Client, Error> {
        let performance = PerformanceConfig {
            default_command_timeout: self.response_timeout,
            ..PerformanceConfig::default()
        };
        let connection = ConnectionConfig {
            connection_timeout: self.connection_timeout,
            internal_command_timeout: self.connection_timeout,
            max_command_attempts: 1,
            max_redirections: 0,
            reconnect_on_auth_error: true,
            ..ConnectionConfig::default()
        };
        Builder::from_config(config)
            .set_performance_config(performance)
            .set_connection_config(connection)
            .set_policy(ReconnectPolicy::new_exponential(0, 20, 500, 2))
            .build()
    }

    async fn handshake(&self, client: Client) -> Result<Connection, Error> {
        // Held from the start, so that a handshake that is given up leaves nothing behind.
        let task = client.connect();
        let mut connection = Connection::new(client.with_options(&self.options()), task);
        // The task ends when it cannot connect. A ping of the plain client waits for the connection; and without a
        // password in the URL it is the first to hear from a server that wants one.
        tokio::select! {
            ended = &mut connection.task => match ended {
                Ok(Err(error)) => Err(error),
                _ => Err(Error::new(ErrorKind::Canceled, "The connection ended at once.")),
            },
            answer = client.ping::<()>(None) => answer.map(|()| connection),
        }
    }

    fn options(&self) -> Options {
        Options {
            max_attempts: Some(1),
            timeout: Some(self.response_timeout),
            fail_fast: true,
            ..Options::default()
        }
    }
}

/// The URL can hold a password, so that only what is no secret is shown.
impl std::fmt::Debug for FredCacheBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FredCacheBuilder")
            .field("namespace", &self.namespace)
            .field("value_bytes", &self.value_bytes)
            .field("response_timeout", &self.response_timeout)
            .field("connection_timeout", &self.connection_timeout)
            .finish_non_exhaustive()
    }
}
