//! What a cache sends its commands over: a connection to one server, or those to the nodes of a cluster.
//!
//! A cluster differs in two things that a cache must know of: which keys a command can have together, and how many
//! servers a scan has to go through.

#[cfg(feature = "cluster")]
mod cluster;
mod server;

use contrait::cache::CacheError;
use contrait_redis_parts as parts;
use redis::{Cmd, FromRedisValue, RedisResult};

#[cfg(feature = "cluster")]
pub(crate) use self::cluster::ClusterLink;
pub(crate) use self::server::ServerLink;

pub(crate) enum Link {
    Server(ServerLink),
    // Its connections are many times as large as one.
    #[cfg(feature = "cluster")]
    Cluster(Box<ClusterLink>),
}

/// One of the servers whose keys together are those of the store.
pub(crate) enum Node {
    Only,
    #[cfg(feature = "cluster")]
    At(cluster::Address),
}

impl Link {
    /// Accepts a call while the connection is open.
    pub(crate) fn check(&self) -> Result<(), CacheError> {
        match self {
            Self::Server(link) => link.check(),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.check(),
        }
    }

    /// Lets the connections go, as soon as the commands that are on their way have ended.
    pub(crate) fn close(&self) {
        match self {
            Self::Server(link) => link.close(),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.close(),
        }
    }

    /// Sends `command` where its keys are, and waits for the answer. It has its effect at most once.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Server(link) => link.ask(command).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => link.ask(command).await,
        }
    }

    /// Sends `command` to one of the [`nodes`](Self::nodes), and waits for the answer.
    pub(crate) async fn ask_node<T: FromRedisValue>(
        &self,
        node: &Node,
        command: &Cmd,
    ) -> RedisResult<T> {
        match (self, node) {
            #[cfg(feature = "cluster")]
            (Self::Cluster(link), Node::At(address)) => link.ask_at(address, command).await,
            _ => self.ask(command).await,
        }
    }

    /// The servers that have keys now.
    pub(crate) async fn nodes(&self) -> RedisResult<Vec<Node>> {
        match self {
            Self::Server(_) => Ok(vec![Node::Only]),
            #[cfg(feature = "cluster")]
            Self::Cluster(link) => {
                let masters = link.masters().await?;
                Ok(masters.into_iter().map(Node::At).collect())
            }
        }
    }

    /// Which of `keys` can be in one command, so that the batch is as few as possible.
    pub(crate) fn parts(&self, keys: &[String]) -> Vec<parts::Part> {
        match self {
            Self::Server(_) => parts::whole(keys.len()),
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => parts::parts(keys, cluster::slot),
        }
    }

    /// Whether a batch is one command, whichever its keys are.
    pub(crate) fn is_one_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }
}
