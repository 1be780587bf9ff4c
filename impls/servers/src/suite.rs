//! The servers of a case: what a backend asks its context for.
//!
//! A real server is shared by the whole run, since a case has a namespace of its own on it. An embedded one takes less
//! than a millisecond to start, so each case has its own, with a clock that the case moves: no case waits.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use contrait::{Context, SetupError, TimeSource};
use redis_embedded::{Clock, Server};

use crate::{Choice, ProcessEnvironment, Redis};

/// Hands out servers to the backends of a case.
pub trait Servers {
    /// The Redis of this case: the embedded one, or a real one where `CONTRAIT_SERVERS` asks for it.
    ///
    /// # Errors
    /// [`ServerError`](crate::ServerError) where a real one is asked for and there is none.
    fn redis(&self) -> impl Future<Output = Result<CaseRedis, SetupError>>;
}

/// A Redis for one case.
#[derive(Clone, Debug)]
pub struct CaseRedis {
    url: String,
}

impl CaseRedis {
    /// Its URL, as clients take it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Servers for Context {
    async fn redis(&self) -> Result<CaseRedis, SetupError> {
        match Choice::from_environment(&ProcessEnvironment)? {
            Choice::Embedded => embedded(self).await,
            Choice::Real => real(self).await,
        }
    }
}

async fn real(context: &Context) -> Result<CaseRedis, SetupError> {
    let redis = tokio::task::spawn_blocking(Redis::shared).await??;
    context.server(redis.describe());
    Ok(CaseRedis {
        url: redis.url().to_owned(),
    })
}

async fn embedded(context: &Context) -> Result<CaseRedis, SetupError> {
    let start = async || Server::builder().frozen_clock().start().await;
    let server = context.shared_async(start).await?;
    context.drive_clock(Arc::new(ServerClock(server.clock().clone())));
    context.server(format!("redis-embedded at {}", server.addr()));
    Ok(CaseRedis { url: server.url() })
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
