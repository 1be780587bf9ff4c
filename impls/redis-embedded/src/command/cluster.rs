//! CLUSTER and what else is of use in a cluster only.

use std::fmt::Write as _;

use super::server::{container, help};
use super::table::commands;
use super::{Cx, Error, Outcome};
use crate::cluster::{Member, Topology, slot_argument, slot_of};
use crate::profile::Profile;
use crate::protocol::Reply;

commands! {
    "asking" 1 [FAST] (0, 0, 0) "connection" => asking;
    "cluster" -2 [CONTAINER] (0, 0, 0) "" => container;
    "cluster|addslots" -3 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => slots_owned;
    "cluster|addslotsrange" -4 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => slots_owned;
    "clusterscan" -2 [READONLY NEWER] (1, 1, 1) "keyspace" => fixed;
    "cluster|cancelslotmigrations" 2 [ADMIN STALE NO_ASYNC_LOADING NEWER] (0, 0, 0) "" => fixed;
    "cluster|flushslot" -3 [WRITE ADMIN NO_ASYNC_LOADING NEWER] (0, 0, 0) "keyspace" => fixed;
    "cluster|getslotmigrations" 2 [ADMIN STALE NO_ASYNC_LOADING NEWER] (0, 0, 0) "" => fixed;
    "cluster|migrateslots" -4 [ADMIN STALE NO_ASYNC_LOADING NEWER] (0, 0, 0) "" => fixed;
    "cluster|slot-stats" -4 [LOADING STALE NEWER] (0, 0, 0) "" => fixed;
    "cluster|syncslots" -3 [ADMIN STALE NO_ASYNC_LOADING NEWER] (0, 0, 0) "" => fixed;
    "cluster|bumpepoch" 2 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|count-failure-reports" 3 [ADMIN STALE] (0, 0, 0) "" => failure_reports;
    "cluster|countkeysinslot" 3 [STALE] (0, 0, 0) "" => countkeysinslot;
    "cluster|delslots" -3 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => slots_owned;
    "cluster|delslotsrange" -4 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => slots_owned;
    "cluster|failover" -2 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|flushslots" 2 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|forget" 3 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|getkeysinslot" 4 [STALE] (0, 0, 0) "" => getkeysinslot;
    "cluster|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "cluster|info" 2 [STALE] (0, 0, 0) "" => info;
    "cluster|keyslot" 3 [STALE] (0, 0, 0) "" => keyslot;
    "cluster|links" 2 [STALE] (0, 0, 0) "" => links;
    "cluster|meet" -4 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|myid" 2 [STALE] (0, 0, 0) "" => myid;
    "cluster|nodes" 2 [STALE] (0, 0, 0) "" => nodes;
    "cluster|replicas" 3 [ADMIN STALE] (0, 0, 0) "" => replicas;
    "cluster|replicate" 3 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|reset" -2 [ADMIN NOSCRIPT STALE] (0, 0, 0) "" => fixed;
    "cluster|saveconfig" 2 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => saveconfig;
    "cluster|set-config-epoch" 3 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => fixed;
    "cluster|setslot" -4 [ADMIN STALE NO_ASYNC_LOADING] (0, 0, 0) "" => setslot;
    "cluster|shards" 2 [STALE] (0, 0, 0) "" => shards;
    "cluster|slaves" 3 [ADMIN STALE] (0, 0, 0) "" => replicas;
    "cluster|slots" 2 [STALE] (0, 0, 0) "" => slots;
    "readonly" 1 [LOADING STALE FAST] (0, 0, 0) "connection" => readonly;
    "readwrite" 1 [LOADING STALE FAST] (0, 0, 0) "connection" => readonly;
}

const DISABLED: Error = Error::new("ERR This instance has cluster support disabled");

/// The server's place in its cluster, apart from the state so that replies can be written.
fn member(cx: &Cx<'_>) -> Result<Member, Error> {
    cx.state.cluster.clone().ok_or(DISABLED)
}

fn asking(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    cx.client.asking = true;
    cx.out.ok();
    Ok(())
}

/// READONLY and READWRITE, which make a difference on replicas only. Valkey has replicas that
/// redirect without a cluster too.
fn readonly(cx: &mut Cx<'_>) -> Outcome {
    if !cx.state.profile.is_valkey() {
        member(cx)?;
    }
    cx.out.ok();
    Ok(())
}

fn myid(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    cx.out.text(&member.topology().nodes[member.me].id);
    Ok(())
}

fn keyslot(cx: &mut Cx<'_>) -> Outcome {
    if cx.state.profile != Profile::Valkey9_1 {
        member(cx)?;
    }
    cx.out.int(slot_of(cx.arg(2)).into());
    Ok(())
}

/// The keys of a slot on this node, sorted so that a part of them is always the same.
fn keys_in(cx: &Cx<'_>, slot: u16) -> Vec<Vec<u8>> {
    let keys = cx.state.dbs[0].keys().filter(|key| slot_of(key) == slot);
    let mut keys: Vec<Vec<u8>> = keys.map(|key| key.to_vec()).collect();
    keys.sort();
    keys
}

fn countkeysinslot(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    let slot = cx.int(2)?;
    let slot = u16::try_from(slot).ok().filter(|slot| *slot < 16384);
    let slot = slot.ok_or(Error::new("ERR Invalid slot"))?;
    let count = keys_in(cx, slot).len();
    cx.out.count(count);
    Ok(())
}

fn getkeysinslot(cx: &mut Cx<'_>) -> Outcome {
    const WRONG: Error = Error::new("ERR Invalid slot or number of keys");
    member(cx)?;
    let (slot, count) = (cx.int(2)?, cx.int(3)?);
    let slot = u16::try_from(slot).ok().filter(|slot| *slot < 16384);
    let slot = slot.ok_or(WRONG)?;
    let count = usize::try_from(count).map_err(|_| WRONG)?;
    let mut keys = keys_in(cx, slot);
    keys.truncate(count);
    cx.out.bulks(keys);
    Ok(())
}

fn info(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let topology = member.topology();
    let assigned = topology.assigned();
    let state = if assigned == 16384 { "ok" } else { "fail" };
    let known = topology.nodes.len();
    let size = (0..known)
        .filter(|node| !topology.ranges(*node).is_empty())
        .count();
    let text = format!(
        "cluster_state:{state}\r\ncluster_slots_assigned:{assigned}\r\n\
         cluster_slots_ok:{assigned}\r\ncluster_slots_pfail:0\r\ncluster_slots_fail:0\r\n\
         cluster_known_nodes:{known}\r\ncluster_size:{size}\r\ncluster_current_epoch:{}\r\n\
         cluster_my_epoch:{}\r\ncluster_stats_messages_sent:0\r\n\
         cluster_stats_messages_received:0\r\ntotal_cluster_links_buffer_limit_exceeded:0\r\n",
        topology.epoch,
        member.me + 1,
    );
    cx.out.verbatim("txt", &text);
    Ok(())
}

fn nodes(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let now = cx.now();
    let topology = member.topology();
    let mut text = String::new();
    for (index, node) in topology.nodes.iter().enumerate() {
        let own = index == member.me;
        // Writing to a string cannot fail, here and below.
        let _ = write!(
            text,
            "{} {}@{} {}master - 0 {} {} connected",
            node.id,
            node.addr,
            u32::from(node.addr.port()) + 10_000,
            if own { "myself," } else { "" },
            if own { 0 } else { now },
            index + 1,
        );
        for range in topology.ranges(index) {
            let _ = match (range.start(), range.end()) {
                (start, end) if start == end => write!(text, " {start}"),
                (start, end) => write!(text, " {start}-{end}"),
            };
        }
        if own {
            text.push_str(&moving_slots(&topology, index));
        }
        text.push('\n');
    }
    cx.out.verbatim("txt", &text);
    Ok(())
}

/// The slots that leave or enter a node.
fn moving_slots(topology: &Topology, me: usize) -> String {
    let mut text = String::new();
    for (slot, target) in &topology.migrating {
        let owner = topology.owner(*slot);
        if owner == Some(me) {
            let _ = write!(text, " [{slot}->-{}]", topology.nodes[*target].id);
        } else if let (true, Some(owner)) = (*target == me, owner) {
            let _ = write!(text, " [{slot}-<-{}]", topology.nodes[owner].id);
        }
    }
    text
}

fn slots(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let topology = member.topology();
    let mut all: Vec<_> = (0..topology.nodes.len())
        .flat_map(|node| {
            topology
                .ranges(node)
                .into_iter()
                .map(move |range| (range, node))
        })
        .collect();
    all.sort_by_key(|(range, _)| *range.start());
    cx.out.array(all.len());
    for (range, node) in all {
        let node = &topology.nodes[node];
        cx.out.array(3);
        cx.out.int((*range.start()).into());
        cx.out.int((*range.end()).into());
        cx.out.array(4);
        cx.out.text(&node.addr.ip().to_string());
        cx.out.int(node.addr.port().into());
        cx.out.text(&node.id);
        cx.out.map(0);
    }
    Ok(())
}

fn shards(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let tls = cx.state.config.get("tls-port") != "0";
    let topology = member.topology();
    cx.out.array(topology.nodes.len());
    for (index, node) in topology.nodes.iter().enumerate() {
        let ranges = topology.ranges(index);
        cx.out.map(2);
        cx.out.text("slots");
        cx.out.array(ranges.len() * 2);
        for range in ranges {
            cx.out.int((*range.start()).into());
            cx.out.int((*range.end()).into());
        }
        cx.out.text("nodes");
        cx.out.array(1);
        describe(&mut cx.out, &node.id, node.addr, tls);
    }
    Ok(())
}

/// A node as CLUSTER SHARDS shows it.
fn describe(out: &mut Reply, id: &str, addr: std::net::SocketAddr, tls: bool) {
    let ip = addr.ip().to_string();
    out.map(7);
    out.text("id");
    out.text(id);
    out.text(if tls { "tls-port" } else { "port" });
    out.int(addr.port().into());
    for (name, value) in [("ip", ip.as_str()), ("endpoint", &ip), ("role", "master")] {
        out.text(name);
        out.text(value);
    }
    out.text("replication-offset");
    out.int(0);
    out.text("health");
    out.text("online");
}

/// The links between nodes, of which a process has no need.
fn links(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    cx.out.array(0);
    Ok(())
}

fn replicas(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    known_node(&member.topology(), cx.arg(2))?;
    cx.out.array(0);
    Ok(())
}

fn known_node(topology: &Topology, id: &[u8]) -> Result<usize, Error> {
    topology
        .named(id)
        .ok_or_else(|| [b"ERR Unknown node ", id].concat().into())
}

fn setslot(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let slot = slot_argument(cx.arg(2))?;
    let mut topology = member.topology();
    let owner = topology.owner(slot);
    match (cx.arg(3).to_ascii_lowercase().as_slice(), cx.len()) {
        (b"migrating", 5) if owner != Some(member.me) => {
            return Err(format!("ERR I'm not the owner of hash slot {slot}").into());
        }
        (b"migrating", 5) => {
            let target = known_node(&topology, cx.arg(4))?;
            topology.migrating.insert(slot, target);
        }
        (b"importing", 5) if owner == Some(member.me) => {
            return Err(format!("ERR I'm already the owner of hash slot {slot}").into());
        }
        (b"importing", 5) => {
            known_node(&topology, cx.arg(4))?;
            topology.migrating.insert(slot, member.me);
        }
        (b"stable", 4) => {
            topology.migrating.remove(&slot);
        }
        (b"node", 5) => {
            let target = known_node(&topology, cx.arg(4))?;
            if owner == Some(member.me) && target != member.me && !keys_in(cx, slot).is_empty() {
                return Err(format!(
                    "ERR Can't assign hashslot {slot} to a different node while I still hold keys \
                     for this hash slot."
                )
                .into());
            }
            // The nodes share the table, so the second one that is told changes nothing.
            if owner != Some(target) {
                topology.assign(slot, Some(target));
            }
        }
        _ => {
            return Err(Error::new(
                "ERR Invalid CLUSTER SETSLOT action or number of arguments. Try CLUSTER HELP",
            ));
        }
    }
    cx.out.ok();
    Ok(())
}

/// What would change who is in the cluster, which the test has decided.
fn fixed(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    Err(Error::new("ERR The nodes of this cluster are fixed"))
}

fn failure_reports(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    cx.out.int(0);
    Ok(())
}

fn saveconfig(cx: &mut Cx<'_>) -> Outcome {
    member(cx)?;
    cx.out.ok();
    Ok(())
}

/// The slots that arguments name, one by one or as ranges.
fn slots_named(cx: &Cx<'_>) -> Result<Vec<u16>, Error> {
    let slots = cx.args[2..].iter().map(|arg| slot_argument(arg));
    let slots = slots.collect::<Result<Vec<u16>, Error>>()?;
    if !cx.command.name.ends_with("range") {
        return Ok(slots);
    }
    let mut all = Vec::new();
    for range in slots.chunks(2) {
        let [start, end] = range else {
            return Err(cx.arity());
        };
        if start > end {
            return Err(format!(
                "ERR start slot number {start} is greater than end slot number {end}"
            )
            .into());
        }
        all.extend(*start..=*end);
    }
    Ok(all)
}

/// CLUSTER ADDSLOTS and DELSLOTS, and their like for ranges.
fn slots_owned(cx: &mut Cx<'_>) -> Outcome {
    let member = member(cx)?;
    let adds = cx.command.name.starts_with("cluster|addslots");
    let wanted = slots_named(cx)?;
    let mut topology = member.topology();
    for (index, slot) in wanted.iter().enumerate() {
        if wanted[..index].contains(slot) {
            return Err(format!("ERR Slot {slot} specified multiple times").into());
        }
        match topology.owner(*slot) {
            Some(_) if adds => return Err(format!("ERR Slot {slot} is already busy").into()),
            None if !adds => return Err(format!("ERR Slot {slot} is already unassigned").into()),
            _ => {}
        }
    }
    for slot in wanted {
        topology.assign(slot, adds.then_some(member.me));
    }
    cx.out.ok();
    Ok(())
}
