//! The servers of a case: what a backend asks its context for.
//!
//! A real server is shared by the whole run, since a case has a namespace of its own on it. An embedded one takes less
//! than a millisecond to start, so each case has its own, with a clock that the case moves: no case waits. On a
//! workbench, where no case is run, its clock is the real one, and it has a thread of its own.
//!
//! A case that asks for `&Server` has a server of its own in either case ([`own`]), and one that asks for `&Network` is
//! led through it. Both run by real time, since their clients' timeouts do.

mod cluster;
mod embedded;
mod memcached;
mod own;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use contrait::cache::connecting::CacheTarget;
use contrait::{Context, SetupError, TimeSource};
use redis_embedded::{Clock, Server};

pub use self::cluster::CaseCluster;
pub use self::memcached::CaseMemcached;
use crate::redis::url;
use crate::{Choice, ProcessEnvironment, Redis};

/// Hands out servers to the backends of a case.
pub trait Servers {
    /// The Redis of this case: the embedded one, or a real one where `CONTRAIT_SERVERS` asks for it.
    ///
    /// # Errors
    /// [`ServerError`](crate::ServerError) where a real one is asked for and there is none.
    fn redis(&self) -> impl Future<Output = Result<CaseRedis, SetupError>>;

    /// The Redis Cluster of this case, of three nodes: embedded ones, or real ones where `CONTRAIT_SERVERS` asks for
    /// them.
    ///
    /// # Errors
    /// [`ServerError`](crate::ServerError) where real ones are asked for and cannot be started.
    fn redis_cluster(&self) -> impl Future<Output = Result<CaseCluster, SetupError>>;

    /// The memcached of this case: a real one, whatever `CONTRAIT_SERVERS` says of servers that can be embedded.
    ///
    /// # Errors
    /// [`ServerError`](crate::ServerError) where there is none.
    fn memcached(&self) -> impl Future<Output = Result<CaseMemcached, SetupError>>;
}

/// A Redis for one case.
#[derive(Clone)]
pub struct CaseRedis {
    url: String,
    description: String,
}

impl CaseRedis {
    /// Its URL, as clients take it; with the password, where it has one.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The same, in parts.
    ///
    /// # Errors
    /// Where it is on a Unix socket.
    pub fn target(&self) -> Result<CacheTarget, SetupError> {
        let (address, tls) = url::tcp_address(&self.url)?;
        let (user, password) = url::credentials(&self.url);
        Ok(CacheTarget {
            address,
            user,
            password,
            tls,
            authority: None,
        })
    }
}

/// Without the URL, which may hold a password.
impl std::fmt::Debug for CaseRedis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("CaseRedis").field(&self.description).finish()
    }
}

impl Servers for Context {
    async fn redis(&self) -> Result<CaseRedis, SetupError> {
        let choice = Choice::from_environment(&ProcessEnvironment)?;
        let redis = match (choice, self.asks_for_server()) {
            (Choice::Embedded, false) => embedded(self).await?,
            (Choice::Embedded, true) => own::embedded(self).await?,
            (Choice::Real, false) => real().await?,
            (Choice::Real, true) => own::real(self).await?,
        };
        self.server(&*redis.description);
        match self.asks_for_network() {
            true => routed(self, redis).await,
            false => Ok(redis),
        }
    }

    async fn redis_cluster(&self) -> Result<CaseCluster, SetupError> {
        let cluster = cluster::provide(self).await?;
        self.server(&*cluster.description);
        Ok(cluster)
    }

    async fn memcached(&self) -> Result<CaseMemcached, SetupError> {
        memcached::memcached(self).await
    }
}

async fn real() -> Result<CaseRedis, SetupError> {
    let redis = tokio::task::spawn_blocking(Redis::shared).await??;
    Ok(CaseRedis {
        url: redis.url().to_owned(),
        description: redis.describe(),
    })
}

async fn embedded(context: &Context) -> Result<CaseRedis, SetupError> {
    let moved = context.in_case() && !context.asks_for_network();
    let start = async || match context.in_case() {
        true if moved => Server::builder().frozen_clock().start().await,
        true => Server::start().await,
        // Whoever measures a client must not find the server's work in it.
        false => Server::builder().own_thread().start().await,
    };
    let server = context.shared_async(start).await?;
    if moved {
        context.drive_clock(Arc::new(ServerClock(server.clock().clone())));
    }
    Ok(CaseRedis {
        url: server.url(),
        description: describe(&server),
    })
}

fn describe(server: &Server) -> String {
    format!("redis-embedded at {}", server.addr())
}

/// The same server by way of the case's network.
async fn routed(context: &Context, redis: CaseRedis) -> Result<CaseRedis, SetupError> {
    let url = redis.url.clone();
    let server = tokio::task::spawn_blocking(move || url::resolve(&url)).await??;
    Ok(CaseRedis {
        url: url::through(&redis.url, context.route(server)?),
        ..redis
    })
}

/// The clock of an embedded server, as a case moves it.
struct ServerClock(Clock);

impl TimeSource for ServerClock {
    fn now(&self) -> Duration {
        let since = self.0.now().duration_since(SystemTime::UNIX_EPOCH);
        since.expect("a server's clock stands after 1970")
    }

    fn advance(&self, by: Duration) {
        self.0.advance(by);
    }
}
