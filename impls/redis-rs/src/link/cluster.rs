//! The connections to the nodes of a cluster, and what redis-rs leaves to do.
//!
//! redis-rs knows which node has which slot and connects anew, but it sends a command again after a lost reply too, so
//! that an increment can be applied twice: its retries are off. What a node refuses because the slot is elsewhere has had
//! no effect, and is sent there, here. And a node that is silent it goes on asking: it learns of a new owner only from
//! answers. So after an answer that did not come, other connections are made, which ask who has which slot, and take the
//! place of the old ones once they are there.

use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use contrait::cache::{CacheError, Closing};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::cluster_routing::{RoutingInfo, SingleNodeRoutingInfo, Slot};
use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value,
    from_redis_value,
};

/// Host and port of a node.
pub(crate) type Address = (String, u16);

/// How often a command is sent on, at most: an owner that changes as often is none.
const REDIRECTIONS: usize = 5;

/// The connections to the nodes of one cluster.
pub(crate) struct ClusterLink {
    shared: Arc<Shared>,
    closing: Closing,
    /// How long a command may be sent on.
    patience: Duration,
}

struct Shared {
    client: ClusterClient,
    /// None once it was closed.
    current: RwLock<Option<ClusterConnection>>,
    /// Whether others are being made.
    renewing: AtomicBool,
}

/// The slot of a stored key.
pub(crate) fn slot(key: &str) -> impl Eq + std::hash::Hash + use<> {
    Slot::for_key(key)
}

impl ClusterLink {
    /// Connects to every node with slots. `patience` is how long a command may be sent from node to node.
    pub(crate) async fn connect(client: ClusterClient, patience: Duration) -> RedisResult<Self> {
        let connection = client.get_async_connection().await?;
        let shared = Shared {
            client,
            current: RwLock::new(Some(connection)),
            renewing: AtomicBool::new(false),
        };
        Ok(Self {
            shared: Arc::new(shared),
            closing: Closing::default(),
            patience,
        })
    }

    pub(crate) fn check(&self) -> Result<(), CacheError> {
        self.closing.check()
    }

    pub(crate) fn close(&self) {
        self.closing.close();
        self.shared.replace(|_| None);
    }

    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let begin = Instant::now();
        let mut answer = self.ask_once(command).await;
        for _ in 0..REDIRECTIONS {
            let Err(error) = &answer else { break };
            if begin.elapsed() > self.patience {
                break;
            }
            answer = match Redirection::of(error) {
                // redis-rs asks who has which slot as soon as it hears this, and before it sends anything else.
                Some(Redirection::Moved) => self.ask_once(command).await,
                Some(Redirection::Ask(address)) => self.ask_asking(&address, command).await,
                None => break,
            };
        }
        Ok(from_redis_value(answer?)?)
    }

    /// Sends `command` to this node, whatever its keys are.
    pub(crate) async fn ask_at<T: FromRedisValue>(
        &self,
        (host, port): &Address,
        command: &Cmd,
    ) -> RedisResult<T> {
        let (host, port) = (host.clone(), *port);
        let routing = RoutingInfo::SingleNode(SingleNodeRoutingInfo::ByAddress { host, port });
        let mut connection = self.shared.connection()?;
        let answer = connection.route_command(command.clone(), routing).await;
        Ok(from_redis_value(self.judged(answer)?)?)
    }

    /// The nodes that have slots, as one of them tells.
    pub(crate) async fn masters(&self) -> RedisResult<BTreeSet<Address>> {
        let mut command = redis::cmd("CLUSTER");
        // Of each range: its first and last slot, its master, its replicas, each with more than is read here.
        let ranges: Vec<Vec<Value>> = self.ask(command.arg("SLOTS")).await?;
        let master = |range: Vec<Value>| -> RedisResult<Address> {
            let node = range.into_iter().nth(2).unwrap_or(Value::Nil);
            let mut node: Vec<Value> = from_redis_value(node)?;
            node.truncate(2);
            Ok(from_redis_value(Value::Array(node))?)
        };
        ranges.into_iter().map(master).collect()
    }

    async fn ask_once(&self, command: &Cmd) -> RedisResult<Value> {
        let mut connection = self.shared.connection()?;
        let answer = command.query_async(&mut connection).await;
        self.judged(answer)
    }

    /// Sends `command` to the node that its slot is on its way to.
    async fn ask_asking(&self, (host, port): &Address, command: &Cmd) -> RedisResult<Value> {
        let (host, port) = (host.clone(), *port);
        let node = SingleNodeRoutingInfo::ByAddress { host, port };
        let mut pipeline = redis::pipe();
        pipeline.cmd("ASKING").add_command(command.clone());
        let mut connection = self.shared.connection()?;
        let answers = connection.route_pipeline(pipeline, 0, 2, node).await;
        let answer = answers.map(|mut answers| answers.pop().unwrap_or(Value::Nil));
        self.judged(answer.and_then(Value::extract_error))
    }

    /// Has other connections made where the answer did not come.
    fn judged(&self, answer: RedisResult<Value>) -> RedisResult<Value> {
        let timed_out = answer.as_ref().is_err_and(RedisError::is_timeout);
        if timed_out && !self.shared.renewing.swap(true, Ordering::AcqRel) {
            tokio::spawn(Arc::clone(&self.shared).renew());
        }
        answer.and_then(Value::extract_error)
    }
}

impl Shared {
    fn connection(&self) -> RedisResult<ClusterConnection> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let lost = || RedisError::from(io::Error::from(io::ErrorKind::NotConnected));
        current.clone().ok_or_else(lost)
    }

    /// Whoever waits on the old connections keeps them.
    async fn renew(self: Arc<Self>) {
        if let Ok(connection) = self.client.get_async_connection().await {
            self.replace(|old| old.map(|_| connection));
        }
        self.renewing.store(false, Ordering::Release);
    }

    fn replace(&self, by: impl FnOnce(Option<ClusterConnection>) -> Option<ClusterConnection>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = by(current.take());
    }
}

/// Where a command is to go that a node has refused, since its slot is elsewhere.
enum Redirection {
    Moved,
    Ask(Address),
}

impl Redirection {
    fn of(error: &RedisError) -> Option<Self> {
        match error.kind() {
            ErrorKind::Server(ServerErrorKind::Moved) => Some(Self::Moved),
            ErrorKind::Server(ServerErrorKind::Ask) => {
                let (node, _) = error.redirect_node()?;
                let (host, port) = node.rsplit_once(':')?;
                Some(Self::Ask((host.to_owned(), port.parse().ok()?)))
            }
            _ => None,
        }
    }
}
