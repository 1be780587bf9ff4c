//! Several Redis that are one cluster.
//!
//! Each node is a server like any other, shared by the run or a test's own. They are made one cluster over their own
//! commands, as an operator does it: slots, then introductions, then waiting until every node agrees. The processes of a
//! run agree on who does it by the lock by which they agree on who starts a server, and who comes later finds it done.

use std::fmt::{self, Debug, Formatter};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::command::ask;
use super::own::OwnRedis;
use super::server::{Member, RedisServer};
use super::{REMEDIES_OF_OWN, address_of, binary, describe_started, url_of};
use crate::ServerError;
use crate::environment::{Environment, ProcessEnvironment};
use crate::local::{self, Base, Hold, Run};
use crate::probe::Address;

const SLOTS: usize = 16384;
/// How many nodes have slots: the fewest that can outvote one that is lost.
const MASTERS: usize = 3;
/// A new node takes two seconds before it serves; a busy machine may take more for the rest.
const AGREEMENT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(10);
/// Nodes that nobody loses on purpose are never lost, however busy the machine is.
const PATIENT: Duration = Duration::from_secs(60);
/// Nodes of a cluster whose test loses one are to be missed soon.
const IMPATIENT: Duration = Duration::from_secs(1);

/// A cluster of three Redis that a test may use beside other tests, each in a namespace of its own.
///
/// It stays for as long as any handle in any process of the run exists, and some five seconds more.
#[derive(Clone)]
pub struct RedisCluster {
    nodes: Arc<[Node]>,
}

struct Node {
    server: RedisServer,
    hold: Hold,
}

impl RedisCluster {
    /// The cluster of this run, from the process environment; the process keeps it until it ends. Takes some three
    /// seconds where the cluster must be started, since Redis does; blocks for so long.
    ///
    /// # Errors
    ///
    /// [`ServerError::Absent`] where there is no binary; otherwise what kept the nodes from starting or agreeing. It is
    /// kept as well, so that a thousand tests without a server fail at once.
    pub fn shared() -> Result<Self, ServerError> {
        static SHARED: Mutex<Option<Result<RedisCluster, ServerError>>> = Mutex::new(None);
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared
            .get_or_insert_with(|| Self::shared_from(&ProcessEnvironment))
            .clone()
    }

    /// As [`shared`](Self::shared), from another environment; this process holds the cluster only while the returned
    /// value or a clone of it exists.
    ///
    /// # Errors
    ///
    /// As [`shared`](Self::shared).
    pub fn shared_from(environment: &dyn Environment) -> Result<Self, ServerError> {
        let (base, run) = (Base::open(environment)?, Run::current(environment));
        let linger = local::linger(environment)?;
        let start = |number| {
            let server = member(environment, number, PATIENT)?;
            let hold = local::join_or_start(&server, &base, &run, linger)?;
            Ok(Node { server, hold })
        };
        let nodes: Vec<Node> = (0..MASTERS).map(start).collect::<Result<_, _>>()?;
        let addresses: Vec<Address> = nodes
            .iter()
            .map(|node| address_of(&node.hold.place))
            .collect();
        form_once(&nodes[0].server, &base, &addresses)?;
        Ok(Self {
            nodes: nodes.into(),
        })
    }

    /// What clients connect to: the URL of every node, of which one would do.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let url = |node: &Node| url_of(&node.hold.place);
        self.nodes.iter().map(url).collect()
    }

    /// The cluster in words, for the output of a failed test.
    #[must_use]
    pub fn describe(&self) -> String {
        let node = &self.nodes[0];
        let first = describe_started(&node.hold.greeting, &node.server, &node.hold.place);
        format!(
            "a cluster of {} nodes: {first} and others",
            self.nodes.len()
        )
    }
}

impl Debug for RedisCluster {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisCluster")
            .field(&self.describe())
            .finish()
    }
}

/// A cluster that one test may take a node from: three Redis with slots, and a fourth that follows the first of them and
/// takes its place when it is lost.
///
/// It is stopped when the value is dropped, and when the process ends.
pub struct OwnRedisCluster {
    nodes: Vec<OwnRedis>,
}

impl OwnRedisCluster {
    /// Starts it. Takes some four seconds and blocks for so long.
    ///
    /// # Errors
    ///
    /// [`ServerError::Absent`] where there is no binary; otherwise what kept the nodes from starting or agreeing.
    pub fn start() -> Result<Self, ServerError> {
        let base = Base::open(&ProcessEnvironment)?;
        let start = |number| {
            let server = member(&ProcessEnvironment, number, IMPATIENT)?;
            OwnRedis::start(server, base.clone())
        };
        let nodes: Vec<OwnRedis> = (0..=MASTERS).map(start).collect::<Result<_, _>>()?;
        let addresses: Vec<Address> = nodes.iter().map(OwnRedis::place).collect();
        form(&addresses)
            .and_then(|()| follow(&addresses))
            .map_err(|problem| disagreement(nodes[0].program(), &problem))?;
        Ok(Self { nodes })
    }

    /// The URLs of the nodes that are not to be lost: clients learn the others from them.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        let others = self.nodes.iter().skip(1);
        others.map(|node| node.url().to_owned()).collect()
    }

    /// The node that is to be lost.
    #[must_use]
    pub fn first(&self) -> &OwnRedis {
        &self.nodes[0]
    }

    /// All nodes, that which is to be lost first.
    #[must_use]
    pub fn nodes(&self) -> &[OwnRedis] {
        &self.nodes
    }

    /// Has the nodes, in the order of [`nodes`](Self::nodes), tell clients these addresses in place of their own, as where
    /// a proxy stands before each. Blocks until all of them do.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotStarted`] where they do not.
    pub fn announce(&self, ways: &[SocketAddr]) -> Result<(), ServerError> {
        let nodes: Vec<Address> = self.nodes.iter().map(OwnRedis::place).collect();
        announce(&nodes, ways).map_err(|problem| disagreement(self.nodes[0].program(), &problem))
    }

    /// Has the nodes wait for one another for a minute from now on, where they wait for a second by default: on a busy
    /// machine one could be given up that the test has not lost.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotStarted`] where one does not answer.
    pub fn be_patient(&self) -> Result<(), ServerError> {
        let command = format!("CONFIG SET cluster-node-timeout {}", PATIENT.as_millis());
        let mut nodes = self.nodes.iter();
        let ordered = nodes.try_for_each(|node| order(&node.place(), &command));
        ordered.map_err(|problem| disagreement(self.nodes[0].program(), &problem))
    }

    /// The cluster in words, for the output of a failed test.
    #[must_use]
    pub fn describe(&self) -> String {
        let first = self.first().describe();
        format!("a cluster of {MASTERS} nodes and a replica: {first} and others")
    }
}

impl Debug for OwnRedisCluster {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnRedisCluster")
            .field(&self.describe())
            .finish()
    }
}

fn member(
    environment: &dyn Environment,
    number: usize,
    timeout: Duration,
) -> Result<RedisServer, ServerError> {
    let binary = binary(
        environment,
        "a cluster is always started here",
        REMEDIES_OF_OWN,
    )?;
    Ok(RedisServer::new(binary).of_cluster(Member { number, timeout }))
}

/// Makes the nodes one cluster, unless they are or another process is about to.
fn form_once(server: &RedisServer, base: &Base, nodes: &[Address]) -> Result<(), ServerError> {
    const LOCK: &str = "redis-cluster";
    let deadline = Instant::now() + AGREEMENT;
    while !agree(nodes) {
        if let Some(_lock) = base.try_lock(LOCK)? {
            if agree(nodes) {
                return Ok(());
            }
            return form(nodes).map_err(|problem| disagreement(server.program_path(), &problem));
        }
        if Instant::now() > deadline {
            let problem = "another process has not made them one cluster";
            return Err(disagreement(server.program_path(), problem));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// Makes the nodes one cluster, of which the first three have the slots.
fn form(nodes: &[Address]) -> Result<(), String> {
    for (number, node) in nodes.iter().enumerate() {
        // They may know of one that has ended since, as where a run begins while the last one ends.
        order(node, "FLUSHALL")?;
        order(node, "CLUSTER RESET HARD")?;
        order(node, &format!("CLUSTER SET-CONFIG-EPOCH {}", number + 1))?;
        if number < MASTERS {
            let (first, end) = (share(number), share(number + 1));
            order(node, &format!("CLUSTER ADDSLOTSRANGE {first} {}", end - 1))?;
        }
    }
    for (number, node) in nodes.iter().enumerate() {
        for other in &nodes[..number] {
            let place = other.to_string().replace(':', " ");
            order(node, &format!("CLUSTER MEET {place}"))?;
        }
    }
    eventually("they do not agree", || agree(nodes))
}

/// Where the slots of a node begin.
fn share(number: usize) -> usize {
    number * SLOTS / MASTERS
}

/// Has the last node follow the first, and waits until it does and everybody knows.
fn follow(nodes: &[Address]) -> Result<(), String> {
    let [first, .., last] = nodes else {
        return Err("there is nobody to follow".to_owned());
    };
    let answer = ask(first, None, "CLUSTER MYID")?;
    let id = answer.lines().nth(1).unwrap_or_default();
    order(last, &format!("CLUSTER REPLICATE {id}"))?;
    eventually("nobody follows the first node", || {
        let follows = ask(last, None, "INFO replication");
        let follows = follows.is_ok_and(|told| told.contains("master_link_status:up"));
        let known = |node| {
            let nodes = ask(node, None, "CLUSTER NODES");
            nodes.is_ok_and(|nodes| nodes.contains("slave"))
        };
        follows && nodes.iter().all(known)
    })
}

fn announce(nodes: &[Address], ways: &[SocketAddr]) -> Result<(), String> {
    for (node, way) in nodes.iter().zip(ways) {
        order(
            node,
            &format!("CONFIG SET cluster-announce-port {}", way.port()),
        )?;
    }
    // Each hears of it with the next word from every other.
    eventually("they do not announce other addresses", || {
        nodes.iter().all(|node| {
            let told = ask(node, None, "CLUSTER NODES");
            told.is_ok_and(|told| {
                ways.iter()
                    .all(|way| told.contains(&format!(":{}@", way.port())))
            })
        })
    })
}

/// Whether every node knows all others, and serves with all slots.
fn agree(nodes: &[Address]) -> bool {
    let known = format!("cluster_known_nodes:{}\r", nodes.len());
    let expected = [
        "cluster_state:ok",
        &format!("cluster_slots_ok:{SLOTS}"),
        &known,
    ];
    nodes.iter().all(|node| {
        let info = ask(node, None, "CLUSTER INFO");
        info.is_ok_and(|info| expected.iter().all(|line| info.contains(line)))
    })
}

fn order(node: &Address, command: &str) -> Result<(), String> {
    ask(node, None, command).map(drop)
}

fn eventually(otherwise: &str, condition: impl Fn() -> bool) -> Result<(), String> {
    let deadline = Instant::now() + AGREEMENT;
    while !condition() {
        if Instant::now() > deadline {
            return Err(format!("{otherwise} within {} s", AGREEMENT.as_secs()));
        }
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn disagreement(program: &std::path::Path, problem: &str) -> ServerError {
    ServerError::NotStarted {
        program: program.to_owned(),
        problem: format!("became no cluster: {problem}"),
        log: String::new(),
    }
}
