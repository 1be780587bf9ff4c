//! The handle of a cluster.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};

use super::slots::slot_of;
use super::topology::{Member, Node, Topology};
use crate::clock::Clock;
use crate::server::state::State;
use crate::server::{Builder, Server};

/// Some servers that share the slots of a cluster, in this process.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let cluster = redis_embedded::Cluster::start(3).await?;
/// let client = redis::cluster::ClusterClient::new(cluster.urls())?;
/// let mut connection = client.get_async_connection().await?;
/// # use redis::AsyncCommands;
/// let () = connection.set("key", "value").await?;
/// assert_eq!(cluster.node_of("key").db(0).get_text("key").as_deref(), Some("value"));
/// # Ok(())
/// # }
/// ```
///
/// The nodes are masters without replicas, agree at once on who has which slot, and share one
/// clock. Each is a [`Server`] of its own, with its own faults and log.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<Server>,
    topology: Arc<Mutex<Topology>>,
}

impl Cluster {
    /// Starts that many nodes on free ports of 127.0.0.1, with equal parts of the slots.
    ///
    /// # Errors
    ///
    /// When no port can be bound, or there is to be no node.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with I/O and time enabled.
    pub async fn start(nodes: usize) -> io::Result<Cluster> {
        Cluster::start_with(nodes, Builder::default()).await
    }

    /// Starts nodes that are as this builder says, each with one database.
    ///
    /// # Errors
    ///
    /// As [`start`](Cluster::start), and when the builder has a fixed port or a Unix socket, which
    /// only one node can have.
    pub async fn start_with(nodes: usize, builder: Builder) -> io::Result<Cluster> {
        if nodes == 0 || (nodes > 1 && !builder.can_be_repeated()) {
            let text = "a cluster needs a node at least, and a port of its own for each";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let clock = builder.own_clock();
        let mut servers = Vec::new();
        for index in 0..nodes {
            let node = builder.clone().node(index as u64, clock.clone());
            servers.push(node.start().await?);
        }
        let members = servers.iter().map(|server| Node {
            id: server.shared().lock().random.hex(40),
            addr: server.addr(),
            shared: Arc::downgrade(&server.shared()),
        });
        let topology = Arc::new(Mutex::new(Topology::new(members.collect())));
        for (me, server) in servers.iter().enumerate() {
            server.shared().lock().cluster = Some(Member {
                topology: topology.clone(),
                me,
                outbox: Vec::new(),
            });
        }
        Ok(Cluster {
            nodes: servers,
            topology,
        })
    }

    /// The nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Server] {
        &self.nodes
    }

    /// The addresses of all nodes; a client needs one.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(Server::url).collect()
    }

    /// The clock of all nodes.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        self.nodes[0].clock()
    }

    /// The slot of a key.
    #[must_use]
    pub fn slot_of(key: impl AsRef<[u8]>) -> u16 {
        slot_of(key.as_ref())
    }

    /// The node that has the slot of a key.
    ///
    /// # Panics
    ///
    /// When no node has it.
    #[must_use]
    pub fn node_of(&self, key: impl AsRef<[u8]>) -> &Server {
        let slot = slot_of(key.as_ref());
        let owner = self.topology().owner(slot);
        &self.nodes[owner.unwrap_or_else(|| panic!("no node has slot {slot}"))]
    }

    /// Moves a slot with its keys to another node at once; clients are sent there by MOVED.
    ///
    /// # Panics
    ///
    /// When there is no node of that number.
    pub fn move_slot(&self, slot: u16, node: usize) {
        assert!(node < self.nodes.len(), "no node has number {node}");
        let Some(owner) = self.topology().owner(slot) else {
            self.topology().assign(slot, Some(node));
            return;
        };
        if owner == node {
            return;
        }
        // Two states at a time, always in this order.
        let (low, high) = (owner.min(node), owner.max(node));
        let (first, second) = (self.nodes[low].shared(), self.nodes[high].shared());
        let (mut first, mut second) = (first.lock(), second.lock());
        if owner == low {
            move_keys(&mut first, &mut second, slot);
        } else {
            move_keys(&mut second, &mut first, slot);
        }
        self.topology().assign(slot, Some(node));
    }

    /// Lets a slot be on its way to another node: what is not on the old node is asked for on the
    /// new one, by ASK. [`move_slot`](Cluster::move_slot) ends that, with all keys on the new node.
    ///
    /// # Panics
    ///
    /// When there is no node of that number.
    pub fn begin_moving_slot(&self, slot: u16, node: usize) {
        assert!(node < self.nodes.len(), "no node has number {node}");
        let mut topology = self.topology();
        if topology.owner(slot) != Some(node) {
            topology.migrating.insert(slot, node);
        }
    }

    /// Takes a slot from its node, so that nobody serves it, and `CLUSTERDOWN` is the answer.
    pub fn drop_slot(&self, slot: u16) {
        self.topology().assign(slot, None);
    }

    /// Has all nodes tell clients this address of a node from now on, as `cluster-announce-ip` and
    /// `cluster-announce-port` do for one that is reached by way of a proxy. It listens where it did.
    ///
    /// # Panics
    ///
    /// When there is no node of that number.
    pub fn announce(&self, node: usize, addr: SocketAddr) {
        self.topology().nodes[node].addr = addr;
    }

    fn topology(&self) -> MutexGuard<'_, Topology> {
        self.topology
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn move_keys(from: &mut State, to: &mut State, slot: u16) {
    let keys = from.dbs[0].keys().filter(|key| slot_of(key) == slot);
    for key in keys.cloned().collect::<Vec<_>>() {
        if let Some((key, entry)) = from.dbs[0].take(&key) {
            from.touched(0, &key, None);
            to.dbs[0].put(&key, entry);
        }
    }
}
