//! The cluster of a case: nodes of the run, or nodes in this process.
//!
//! A case that asks for `&Server` is given the first node of a cluster of its own, whose place another takes when it is
//! lost. In this process that is done at once by the shared table of the nodes; real ones have an election. The nodes of
//! a case that asks for `&Network` tell clients the addresses by which the network leads to them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use contrait::{Context, Controlled, ServerControl, SetupError};
use redis_embedded::{Cluster, Server};

use super::{Choice, ServerClock};
use crate::redis::url;
use crate::{OwnRedisCluster, ProcessEnvironment, RedisCluster, ServerError};

const NODES: usize = 3;
/// How long an embedded cluster does without a lost node's slots: long enough to be noticed.
const INTERREGNUM: Duration = Duration::from_millis(200);
/// Longer than any test.
const FOREVER_MILLIS: &str = "9000000000000";
/// Of 16384 in equal parts.
const SLOTS_OF_THE_FIRST: u16 = 5461;

/// A Redis Cluster for one case.
#[derive(Debug, Clone)]
pub struct CaseCluster {
    urls: Vec<String>,
    pub(super) description: String,
}

impl CaseCluster {
    /// The URLs of its nodes, as clients take them.
    pub fn urls(&self) -> &[String] {
        &self.urls
    }
}

pub(super) async fn provide(context: &Context) -> Result<CaseCluster, SetupError> {
    let choice = Choice::from_environment(&ProcessEnvironment)?;
    let own = context.asks_for_server() || context.asks_for_network();
    let cluster = match (choice, own) {
        (Choice::Embedded, false) => embedded(context).await,
        (Choice::Embedded, true) => own_embedded(context).await,
        (Choice::Real, false) => real().await,
        (Choice::Real, true) => own_real(context).await,
    }?;
    let through = |url: &String| Ok(url::through(url, way_to(context, url)?));
    match context.asks_for_network() {
        true => Ok(CaseCluster {
            urls: cluster
                .urls
                .iter()
                .map(through)
                .collect::<Result<_, SetupError>>()?,
            ..cluster
        }),
        false => Ok(cluster),
    }
}

/// The way to a node by the case's network.
fn way_to(context: &Context, url: &str) -> Result<SocketAddr, SetupError> {
    // Nodes are on this machine, by number: nobody is asked for an address.
    context.route(url::resolve(url)?)
}

async fn real() -> Result<CaseCluster, SetupError> {
    let cluster = tokio::task::spawn_blocking(RedisCluster::shared).await??;
    Ok(CaseCluster {
        urls: cluster.urls(),
        description: cluster.describe(),
    })
}

async fn embedded(context: &Context) -> Result<CaseCluster, SetupError> {
    let start = async || match context.in_case() {
        true => Cluster::start_with(NODES, Server::builder().frozen_clock()).await,
        // Whoever measures a client must not find the servers' work in it.
        false => Cluster::start_with(NODES, Server::builder().own_thread()).await,
    };
    let cluster = context.shared_async(start).await?;
    if context.in_case() {
        context.drive_clock(Arc::new(ServerClock(cluster.clock().clone())));
    }
    Ok(CaseCluster {
        urls: cluster.urls(),
        description: describe(&cluster),
    })
}

fn describe(cluster: &Cluster) -> String {
    let first = cluster.nodes()[0].addr();
    format!("a cluster of {NODES} nodes: redis-embedded at {first} and others")
}

async fn own_real(context: &Context) -> Result<CaseCluster, SetupError> {
    let start = async || {
        let started = tokio::task::spawn_blocking(OwnRedisCluster::start).await??;
        let processes = Processes(Arc::new(started));
        if context.asks_for_network() {
            let ways = processes
                .0
                .nodes()
                .iter()
                .map(|node| way_to(context, node.url()));
            let ways: Vec<SocketAddr> = ways.collect::<Result<_, _>>()?;
            processes
                .control(move |cluster| cluster.announce(&ways))
                .await?;
        }
        if !context.asks_for_server() {
            // Trouble on the network is no reason to give a node up.
            processes.control(OwnRedisCluster::be_patient).await?;
        }
        Ok::<_, SetupError>(processes)
    };
    let processes = context.shared_async(start).await?;
    let cluster = CaseCluster {
        urls: processes.0.urls(),
        description: processes.0.describe(),
    };
    context.control_server(processes);
    Ok(cluster)
}

async fn own_embedded(context: &Context) -> Result<CaseCluster, SetupError> {
    let start = async || {
        let nodes = Cluster::start(NODES).await?;
        if context.asks_for_network() {
            for (node, url) in nodes.urls().iter().enumerate() {
                nodes.announce(node, way_to(context, url)?);
            }
        }
        Ok::<_, SetupError>(InProcess(Arc::new(nodes)))
    };
    let nodes = context.shared_async(start).await?;
    let cluster = CaseCluster {
        urls: nodes.0.urls().split_off(1),
        description: describe(&nodes.0),
    };
    context.control_server(nodes);
    Ok(cluster)
}

const NO_WAY_BACK: &str = "a node of a cluster whose place was taken is not started again";

/// The first of some processes.
struct Processes(Arc<OwnRedisCluster>);

impl Processes {
    /// The calls block.
    fn control(
        &self,
        what: impl FnOnce(&OwnRedisCluster) -> Result<(), ServerError> + Send + 'static,
    ) -> Controlled<'_> {
        let cluster = Arc::clone(&self.0);
        let called = tokio::task::spawn_blocking(move || what(&cluster));
        Box::pin(async move { Ok(called.await??) })
    }
}

impl ServerControl for Processes {
    fn address(&self) -> String {
        self.0.first().address()
    }

    fn secret(&self) -> Option<String> {
        None
    }

    fn stop(&self) -> Controlled<'_> {
        self.control(|cluster| cluster.first().stop())
    }

    fn kill(&self) -> Controlled<'_> {
        self.control(|cluster| cluster.first().kill())
    }

    fn freeze(&self) -> Controlled<'_> {
        self.control(|cluster| cluster.first().freeze())
    }

    fn thaw(&self) -> Controlled<'_> {
        self.control(|cluster| cluster.first().thaw())
    }

    fn restart(&self) -> Controlled<'_> {
        Box::pin(async { Err(NO_WAY_BACK.into()) })
    }

    fn restart_with_secret(&self, _: &str) -> Controlled<'_> {
        Box::pin(async { Err(NO_WAY_BACK.into()) })
    }
}

/// The first of some embedded nodes.
struct InProcess(Arc<Cluster>);

impl InProcess {
    fn first(&self) -> &Server {
        &self.0.nodes()[0]
    }

    /// Has the others take its place, a little later.
    fn succeed(&self) {
        let cluster = Arc::clone(&self.0);
        tokio::spawn(async move {
            tokio::time::sleep(INTERREGNUM).await;
            for slot in 0..=SLOTS_OF_THE_FIRST {
                cluster.move_slot(slot, 1);
            }
        });
    }

    async fn end(&self) -> Result<(), SetupError> {
        self.first().refuse_connections().await?;
        self.first().disconnect_all();
        self.succeed();
        Ok(())
    }
}

impl ServerControl for InProcess {
    fn address(&self) -> String {
        self.first().addr().to_string()
    }

    fn secret(&self) -> Option<String> {
        None
    }

    fn stop(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn kill(&self) -> Controlled<'_> {
        Box::pin(self.end())
    }

    fn freeze(&self) -> Controlled<'_> {
        Box::pin(async {
            self.first().pause_accepting().await?;
            self.first()
                .command(["CLIENT", "PAUSE", FOREVER_MILLIS, "ALL"]);
            self.succeed();
            Ok(())
        })
    }

    fn thaw(&self) -> Controlled<'_> {
        Box::pin(async {
            self.first().command(["CLIENT", "UNPAUSE"]);
            Ok(self.first().accept_connections().await?)
        })
    }

    fn restart(&self) -> Controlled<'_> {
        Box::pin(async { Err(NO_WAY_BACK.into()) })
    }

    fn restart_with_secret(&self, _: &str) -> Controlled<'_> {
        Box::pin(async { Err(NO_WAY_BACK.into()) })
    }
}
