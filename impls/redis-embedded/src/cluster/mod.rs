//! Cluster mode: some servers of one process that share the slots.
//!
//! The nodes know of each other by a shared table instead of a gossip protocol, so they never
//! disagree. What clients see is what they see of a real cluster: redirections, the reports of
//! CLUSTER, messages that are published on every node.

mod handle;
mod redirect;
mod slots;
mod topology;

pub use handle::Cluster;
pub(crate) use redirect::{check, is_redirection, slot_argument};
pub(crate) use slots::{slot_of, tag};
pub(crate) use topology::{Member, Topology};
