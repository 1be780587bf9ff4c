//! Which node has which slots: known to all nodes at once, since they share a process.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::slots::SLOTS;
use crate::server::shared::Shared;

/// A node of a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Forty hexadecimal digits.
    pub(crate) id: String,
    /// Where clients are sent.
    pub(crate) addr: SocketAddr,
    pub(crate) shared: Weak<Shared>,
}

/// All nodes and slots.
#[derive(Debug)]
pub(crate) struct Topology {
    pub(crate) nodes: Vec<Node>,
    /// The owner of every slot.
    owners: Vec<Option<usize>>,
    /// The slots that move, and to which node.
    pub(crate) migrating: BTreeMap<u16, usize>,
    pub(crate) epoch: u64,
}

impl Topology {
    /// Deals the slots out to the nodes in equal parts.
    pub(crate) fn new(nodes: Vec<Node>) -> Topology {
        let count = nodes.len().max(1);
        let owners = (0..usize::from(SLOTS)).map(|slot| Some(slot * count / usize::from(SLOTS)));
        Topology {
            owners: owners.collect(),
            migrating: BTreeMap::new(),
            epoch: nodes.len() as u64,
            nodes,
        }
    }

    pub(crate) fn owner(&self, slot: u16) -> Option<usize> {
        self.owners.get(usize::from(slot)).copied().flatten()
    }

    /// Gives a slot to a node or to none, which ends its migration.
    pub(crate) fn assign(&mut self, slot: u16, owner: Option<usize>) {
        if let Some(place) = self.owners.get_mut(usize::from(slot)) {
            *place = owner;
        }
        self.migrating.remove(&slot);
        self.epoch += 1;
    }

    /// The node of an id.
    pub(crate) fn named(&self, id: &[u8]) -> Option<usize> {
        self.nodes.iter().position(|node| node.id.as_bytes() == id)
    }

    /// How many slots have an owner.
    pub(crate) fn assigned(&self) -> usize {
        self.owners.iter().flatten().count()
    }

    /// The slots of a node, as ranges.
    pub(crate) fn ranges(&self, node: usize) -> Vec<RangeInclusive<u16>> {
        let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
        for slot in (0..SLOTS).filter(|slot| self.owner(*slot) == Some(node)) {
            match ranges.last_mut() {
                Some(last) if *last.end() + 1 == slot => *last = *last.start()..=slot,
                _ => ranges.push(slot..=slot),
            }
        }
        ranges
    }
}

/// A server's place in a cluster.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) topology: Arc<Mutex<Topology>>,
    /// Its number among the nodes.
    pub(crate) me: usize,
    /// Messages that the other nodes are to publish too.
    pub(crate) outbox: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Member {
    /// The topology. Who holds a server's state may look at it, and not the other way round.
    pub(crate) fn topology(&self) -> MutexGuard<'_, Topology> {
        self.topology.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    /// Hands messages on to the other nodes, if this is one of a cluster. The own state must not be
    /// held: two nodes that send to each other would wait for each other forever.
    pub(crate) fn deliver(&self) {
        let (messages, others) = {
            let mut state = self.lock();
            let Some(member) = &mut state.cluster else {
                return;
            };
            let messages = std::mem::take(&mut member.outbox);
            if messages.is_empty() {
                return;
            }
            let me = member.me;
            let nodes = member.topology().nodes.clone();
            let others = nodes.into_iter().enumerate();
            let others = others.filter(move |(index, _)| *index != me);
            (messages, others)
        };
        for (_, node) in others {
            let Some(shared) = node.shared.upgrade() else {
                continue;
            };
            let mut state = shared.lock();
            for (channel, message) in &messages {
                state.publish(channel, message, None);
            }
        }
    }
}
