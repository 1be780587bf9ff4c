//! How a cache finds and keeps its server: the URL, the times, and the first connection.
//!
//! `ConnectionManager` is what survives a lost connection, but its defaults hold a caller for seconds, and its first
//! connection is retried just as long. So it is tuned here, and a plain connection is tried first, which fails at once.

use std::sync::Arc;
use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, Namespace};
use redis::aio::ConnectionManagerConfig;
use redis::{AsyncConnectionConfig, Client, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use crate::cache::RedisCache;
use crate::error::Server;
#[cfg(feature = "cluster")]
use crate::link::ClusterLink;
use crate::link::{Link, ServerLink};

/// The largest value that Redis takes.
const REDIS_VALUE_BYTES: usize = 512 << 20;

/// Options of a [`RedisCache`]; [`connect`](Self::connect) ends them.
///
/// Where nothing else is said: the empty namespace, values of up to 512 MiB (Redis' own limit), one second for an
/// answer, half a second for a connection.
#[derive(Clone)]
pub struct RedisCacheBuilder {
    /// Of one server, or of nodes of a cluster.
    urls: Vec<String>,
    #[cfg(feature = "cluster")]
    cluster: bool,
    namespace: String,
    resp3: bool,
    value_bytes: usize,
    response_timeout: Duration,
    connection_timeout: Duration,
    #[cfg(feature = "tls")]
    root_certificate: Option<Vec<u8>>,
}

impl RedisCacheBuilder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            urls: vec![url.to_owned()],
            #[cfg(feature = "cluster")]
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

    #[cfg(feature = "cluster")]
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

    /// How long an attempt to connect may take, authentication included.
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
    /// [`Unavailable`](CacheErrorKind::Unavailable) when no server answers at the address,
    /// [`Denied`](CacheErrorKind::Denied) when it refuses the password,
    /// [`Unsupported`](CacheErrorKind::Unsupported) for `rediss://` without the feature `tls`,
    /// [`InvalidKey`](CacheErrorKind::InvalidKey) for too long a namespace, and
    /// [`Other`](CacheErrorKind::Other) for a URL that is none. They name the address and never the password.
    pub async fn connect(self) -> Result<RedisCache, CacheError> {
        let namespace = Namespace::new(&self.namespace)?;
        let infos: Vec<ConnectionInfo> = self
            .urls
            .iter()
            .map(|url| self.connection_info(url))
            .collect::<Result<_, _>>()?;
        let server = Server::new(&infos);
        let link = self.link(infos).await;
        let link = link.map_err(|error| server.refuses(error))?;
        Ok(RedisCache::new(
            Arc::new(link),
            server,
            namespace,
            self.value_bytes,
        ))
    }

    async fn link(&self, infos: Vec<ConnectionInfo>) -> redis::RedisResult<Link> {
        #[cfg(feature = "cluster")]
        if self.cluster {
            return self.cluster_link(infos).await;
        }
        let mut client = Err((redis::ErrorKind::InvalidClientConfig, "there is no URL").into());
        for info in infos {
            client = self.client(info);
        }
        let client = client?;
        self.probe(&client).await?;
        let link = ServerLink::connect(client, self.manager_config()).await?;
        Ok(Link::Server(Box::new(link)))
    }

    /// Each node is asked first whether it serves this client: of a cluster redis-rs says only that it cannot connect.
    #[cfg(feature = "cluster")]
    async fn cluster_link(&self, infos: Vec<ConnectionInfo>) -> redis::RedisResult<Link> {
        let mut asked = Err((redis::ErrorKind::InvalidClientConfig, "there is no URL").into());
        for info in &infos {
            asked = self.probe(&self.client(info.clone())?).await;
            if asked.is_ok() {
                break;
            }
        }
        asked?;
        #[cfg(feature = "tls")]
        let secure = infos.iter().all(is_secure);
        let client = redis::cluster::ClusterClient::builder(infos)
            .retries(0)
            .response_timeout(self.response_timeout)
            .connection_timeout(self.connection_timeout);
        let client = match self.resp3 {
            true => client.use_protocol(ProtocolVersion::RESP3),
            false => client,
        };
        // To be told of certificates turns TLS on, whatever the URLs say.
        #[cfg(feature = "tls")]
        let client = match secure {
            true => client.certs(self.certificates()),
            false => client,
        };
        let link = ClusterLink::connect(client.build()?, self.response_timeout).await?;
        Ok(Link::Cluster(Box::new(link)))
    }

    fn connection_info(&self, url: &str) -> Result<ConnectionInfo, CacheError> {
        let scheme = url.split(':').next().unwrap_or_default();
        if !cfg!(feature = "tls") && matches!(scheme, "rediss" | "valkeys") {
            return Err(CacheError::new(
                CacheErrorKind::Unsupported,
                "this build has no TLS: turn on the feature `tls` of contrait-redis-rs",
            ));
        }
        let info = url.into_connection_info().map_err(|source| {
            CacheError::new(
                CacheErrorKind::Other,
                "the URL is none of a Redis server, as `redis://:password@host:6379/0` is one",
            )
            .with_source(source)
        })?;
        if !self.resp3 {
            return Ok(info);
        }
        let settings = info.redis_settings().clone();
        Ok(info.set_redis_settings(settings.set_protocol(ProtocolVersion::RESP3)))
    }

    #[cfg(not(feature = "tls"))]
    #[expect(clippy::unused_self, reason = "with TLS it has certificates")]
    fn client(&self, info: ConnectionInfo) -> redis::RedisResult<Client> {
        Client::open(info)
    }

    #[cfg(feature = "tls")]
    fn client(&self, info: ConnectionInfo) -> redis::RedisResult<Client> {
        if !is_secure(&info) {
            return Client::open(info);
        }
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Where a process has several and chose none, rustls panics. Losing the race to another thread is fine.
            drop(rustls::crypto::ring::default_provider().install_default());
        }
        Client::build_with_tls(info, self.certificates())
    }

    #[cfg(feature = "tls")]
    fn certificates(&self) -> redis::TlsCertificates {
        redis::TlsCertificates {
            client_tls: None,
            root_cert: self.root_certificate.clone(),
        }
    }

    async fn probe(&self, client: &Client) -> redis::RedisResult<()> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connection_timeout))
            .set_response_timeout(Some(self.response_timeout));
        let mut connection = client
            .get_multiplexed_async_connection_with_config(&config)
            .await?;
        // Without a password in the URL nothing was asked yet, and a server that wants one has not said so.
        redis::cmd("PING").exec_async(&mut connection).await
    }

    fn manager_config(&self) -> ConnectionManagerConfig {
        ConnectionManagerConfig::new()
            .set_response_timeout(Some(self.response_timeout))
            .set_connection_timeout(Some(self.connection_timeout))
            .set_min_delay(Duration::from_millis(20))
            .set_max_delay(Duration::from_millis(250))
            .set_number_of_retries(3)
    }
}

#[cfg(feature = "tls")]
fn is_secure(info: &ConnectionInfo) -> bool {
    matches!(info.addr(), redis::ConnectionAddr::TcpTls { .. })
}

/// The URL can hold a password, so that only what is no secret is shown.
impl std::fmt::Debug for RedisCacheBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisCacheBuilder")
            .field("namespace", &self.namespace)
            .field("value_bytes", &self.value_bytes)
            .field("response_timeout", &self.response_timeout)
            .field("connection_timeout", &self.connection_timeout)
            .finish_non_exhaustive()
    }
}
