//! The memcached of a case: always a real one, since there is no embedded one.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use contrait::cache::connecting::CacheTarget;
use contrait::{Context, Controlled, ServerControl, SetupError};

use crate::{Memcached, OwnMemcached, ServerError};

/// A memcached for one case.
#[derive(Debug, Clone)]
pub struct CaseMemcached {
    /// Host and port.
    address: String,
    description: String,
}

impl CaseMemcached {
    /// Its URL, as clients take it.
    pub fn url(&self) -> String {
        format!("memcached://{}", self.address)
    }

    /// The same as a target, which has neither user nor password.
    pub fn target(&self) -> CacheTarget {
        CacheTarget {
            address: self.address.clone(),
            user: None,
            password: None,
            tls: false,
            authority: None,
        }
    }
}

pub(super) async fn memcached(context: &Context) -> Result<CaseMemcached, SetupError> {
    let memcached = match context.asks_for_server() {
        true => own(context).await?,
        false => shared().await?,
    };
    context.server(&*memcached.description);
    match context.asks_for_network() {
        true => routed(context, memcached).await,
        false => Ok(memcached),
    }
}

async fn shared() -> Result<CaseMemcached, SetupError> {
    let memcached = tokio::task::spawn_blocking(Memcached::shared).await??;
    let url = memcached.url();
    let address = url.strip_prefix("memcached://").unwrap_or(url);
    Ok(CaseMemcached {
        address: address.trim_end_matches('/').to_owned(),
        description: memcached.describe(),
    })
}

async fn own(context: &Context) -> Result<CaseMemcached, SetupError> {
    let start = async || {
        let started = tokio::task::spawn_blocking(Memcached::own).await;
        Ok::<_, SetupError>(Process(Arc::new(started??)))
    };
    let process = context.shared_async(start).await?;
    let memcached = CaseMemcached {
        address: process.0.address(),
        description: process.0.describe(),
    };
    context.control_server(process);
    Ok(memcached)
}

/// The same server by way of the case's network.
async fn routed(context: &Context, memcached: CaseMemcached) -> Result<CaseMemcached, SetupError> {
    let address = memcached.address.clone();
    let server = tokio::task::spawn_blocking(move || resolve(&address)).await??;
    Ok(CaseMemcached {
        address: context.route(server)?.to_string(),
        ..memcached
    })
}

fn resolve(address: &str) -> Result<SocketAddr, SetupError> {
    let found = address.to_socket_addrs()?.next();
    found.ok_or_else(|| format!("the host of {address} has no address").into())
}

/// A server process.
struct Process(Arc<OwnMemcached>);

impl Process {
    /// The calls block.
    fn control(
        &self,
        what: impl FnOnce(&OwnMemcached) -> Result<(), ServerError> + Send + 'static,
    ) -> Controlled<'_> {
        let memcached = Arc::clone(&self.0);
        let called = tokio::task::spawn_blocking(move || what(&memcached));
        Box::pin(async move { Ok(called.await??) })
    }
}

impl ServerControl for Process {
    fn address(&self) -> String {
        self.0.address()
    }

    fn secret(&self) -> Option<String> {
        None
    }

    fn stop(&self) -> Controlled<'_> {
        self.control(OwnMemcached::stop)
    }

    fn kill(&self) -> Controlled<'_> {
        self.control(OwnMemcached::kill)
    }

    fn freeze(&self) -> Controlled<'_> {
        self.control(OwnMemcached::freeze)
    }

    fn thaw(&self) -> Controlled<'_> {
        self.control(OwnMemcached::thaw)
    }

    fn restart(&self) -> Controlled<'_> {
        self.control(OwnMemcached::restart)
    }

    fn restart_with_secret(&self, _: &str) -> Controlled<'_> {
        Box::pin(async { Err("memcached asks for no password here".into()) })
    }
}
