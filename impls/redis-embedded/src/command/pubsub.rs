//! Channels, patterns, and the sharded channels of a cluster.

use std::collections::BTreeSet;

use super::server::container;
use super::table::commands;
use super::{Cx, Outcome};
use crate::db::{Map, glob};
use crate::protocol::Reply;
use crate::server::client::{Client, Ending};
use crate::server::state::State;

commands! {
    "subscribe" -2 [PUBSUB NOSCRIPT LOADING STALE] (0, 0, 0) "" => subscribe;
    "psubscribe" -2 [PUBSUB NOSCRIPT LOADING STALE] (0, 0, 0) "" => subscribe;
    "ssubscribe" -2 [PUBSUB NOSCRIPT LOADING STALE] (1, -1, 1) "" => subscribe;
    "unsubscribe" -1 [PUBSUB NOSCRIPT LOADING STALE] (0, 0, 0) "" => unsubscribe;
    "punsubscribe" -1 [PUBSUB NOSCRIPT LOADING STALE] (0, 0, 0) "" => unsubscribe;
    "sunsubscribe" -1 [PUBSUB NOSCRIPT LOADING STALE] (1, -1, 1) "" => unsubscribe;
    "publish" 3 [PUBSUB LOADING STALE FAST] (0, 0, 0) "" => publish;
    "spublish" 3 [PUBSUB LOADING STALE FAST] (1, 1, 1) "" => spublish;
    "pubsub" -2 [CONTAINER] (0, 0, 0) "" => container;
    "pubsub|channels" -2 [PUBSUB LOADING STALE] (0, 0, 0) "" => channels;
    "pubsub|shardchannels" -2 [PUBSUB LOADING STALE] (0, 0, 0) "" => channels;
    "pubsub|numsub" -2 [PUBSUB LOADING STALE] (0, 0, 0) "" => numsub;
    "pubsub|shardnumsub" -2 [PUBSUB LOADING STALE] (0, 0, 0) "" => numsub;
    "pubsub|numpat" 2 [PUBSUB LOADING STALE] (0, 0, 0) "" => numpat;
}

/// Who listens to what.
#[derive(Debug, Default)]
pub(crate) struct PubSub {
    pub(crate) channels: Map<Vec<u8>, BTreeSet<u64>>,
    pub(crate) patterns: Map<Vec<u8>, BTreeSet<u64>>,
    pub(crate) shards: Map<Vec<u8>, BTreeSet<u64>>,
}

/// The three kinds of subscription, which differ in names and in nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Channel,
    Pattern,
    Shard,
}

impl Topic {
    fn of(command: &str) -> Topic {
        match command.trim_start_matches("un").as_bytes().first() {
            Some(b'p') => Topic::Pattern,
            Some(b's') if command.starts_with("ss") || command.starts_with("sun") => Topic::Shard,
            _ => Topic::Channel,
        }
    }

    fn listeners(self, pubsub: &mut PubSub) -> &mut Map<Vec<u8>, BTreeSet<u64>> {
        match self {
            Topic::Channel => &mut pubsub.channels,
            Topic::Pattern => &mut pubsub.patterns,
            Topic::Shard => &mut pubsub.shards,
        }
    }

    fn names(self, client: &mut Client) -> &mut BTreeSet<Vec<u8>> {
        match self {
            Topic::Channel => &mut client.channels,
            Topic::Pattern => &mut client.patterns,
            Topic::Shard => &mut client.shards,
        }
    }

    /// How many subscriptions a confirmation counts.
    fn count(self, client: &Client) -> usize {
        match self {
            Topic::Shard => client.shards.len(),
            _ => client.subscriptions(),
        }
    }
}

impl State {
    /// Sends a message to all who listen to its channel, and returns how many that are.
    pub(crate) fn publish(
        &mut self,
        channel: &[u8],
        message: &[u8],
        mut me: Option<&mut Client>,
    ) -> usize {
        let mut sent = 0;
        let direct: Vec<u64> = self
            .pubsub
            .channels
            .get(channel)
            .into_iter()
            .flatten()
            .copied()
            .collect();
        for id in direct {
            sent += 1;
            self.push(id, me.as_deref_mut(), &[b"message", channel, message]);
        }
        let matching = self
            .pubsub
            .patterns
            .iter()
            .filter(|(pattern, _)| glob::matches(pattern, channel));
        let matching: Vec<(Vec<u8>, u64)> = matching
            .flat_map(|(pattern, ids)| ids.iter().map(|id| (pattern.clone(), *id)))
            .collect();
        for (pattern, id) in matching {
            sent += 1;
            self.push(
                id,
                me.as_deref_mut(),
                &[b"pmessage", &pattern, channel, message],
            );
        }
        sent
    }

    /// Sends a push of strings to a connection.
    pub(crate) fn push(&mut self, id: u64, me: Option<&mut Client>, parts: &[&[u8]]) {
        self.push_with(id, me, |reply| {
            reply.push(parts.len());
            parts.iter().for_each(|part| reply.bulk(part));
        });
    }

    /// Sends a push to a connection, which may be the one whose command runs.
    pub(crate) fn push_with(
        &mut self,
        id: u64,
        me: Option<&mut Client>,
        write: impl FnOnce(&mut Reply),
    ) {
        let limit = self.config.pubsub_limit;
        if let Some(me) = me.filter(|me| me.id == id) {
            let mut reply = Reply::new(me.resp3);
            write(&mut reply);
            me.pushes.append(&mut reply.bytes);
        } else if let Some(client) = self.clients.get_mut(&id) {
            write(&mut client.out);
            // Who does not read must not fill the memory.
            if client.out.bytes.len() > limit {
                client.out.bytes = Vec::new();
                client.ending = Ending::Now;
            }
            client.wake.notify_one();
        }
    }

    /// Ends all subscriptions of a connection.
    pub(crate) fn leave_all(&mut self, client: &mut Client) {
        for topic in [Topic::Channel, Topic::Pattern, Topic::Shard] {
            for name in std::mem::take(topic.names(client)) {
                leave(topic.listeners(&mut self.pubsub), &name, client.id);
            }
        }
    }
}

fn leave(listeners: &mut Map<Vec<u8>, BTreeSet<u64>>, name: &[u8], id: u64) {
    if let Some(ids) = listeners.get_mut(name) {
        ids.remove(&id);
        if ids.is_empty() {
            listeners.shift_remove(name);
        }
    }
}

fn subscribe(cx: &mut Cx<'_>) -> Outcome {
    let topic = Topic::of(cx.command.name);
    if cx.mode == super::Mode::Inside && !cx.client.resp3 {
        return Err(format!(
            "ERR {} isn't allowed for a DENY BLOCKING client",
            cx.command.name.to_ascii_uppercase()
        )
        .into());
    }
    for name in &cx.args[1..] {
        if topic.names(cx.client).insert(name.to_vec()) {
            let listeners = topic.listeners(&mut cx.state.pubsub);
            listeners
                .entry(name.to_vec())
                .or_default()
                .insert(cx.client.id);
        }
        confirm(cx, topic, Some(name));
    }
    Ok(())
}

fn unsubscribe(cx: &mut Cx<'_>) -> Outcome {
    let topic = Topic::of(cx.command.name);
    let names: Vec<Vec<u8>> = match &cx.args[1..] {
        [] => topic.names(cx.client).iter().cloned().collect(),
        names => names.iter().map(|name| name.to_vec()).collect(),
    };
    if names.is_empty() {
        confirm(cx, topic, None);
    }
    for name in names {
        topic.names(cx.client).remove(&name);
        leave(topic.listeners(&mut cx.state.pubsub), &name, cx.client.id);
        confirm(cx, topic, Some(&name));
    }
    Ok(())
}

fn confirm(cx: &mut Cx<'_>, topic: Topic, name: Option<&[u8]>) {
    cx.out.push(3);
    cx.out.text(cx.command.name);
    cx.out.optional(name);
    cx.out.count(topic.count(cx.client));
}

fn publish(cx: &mut Cx<'_>) -> Outcome {
    let sent = cx.state.publish(cx.args[1], cx.args[2], Some(cx.client));
    if let Some(member) = &mut cx.state.cluster {
        member
            .outbox
            .push((cx.args[1].to_vec(), cx.args[2].to_vec()));
    }
    cx.out.count(sent);
    Ok(())
}

fn spublish(cx: &mut Cx<'_>) -> Outcome {
    let (channel, message) = (cx.arg(1), cx.arg(2));
    let ids: Vec<u64> = cx
        .state
        .pubsub
        .shards
        .get(channel)
        .into_iter()
        .flatten()
        .copied()
        .collect();
    for id in &ids {
        cx.state
            .push(*id, Some(cx.client), &[b"smessage", channel, message]);
    }
    cx.out.count(ids.len());
    Ok(())
}

fn channels(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() > 3 {
        return Err(cx.subcommand_error());
    }
    let pattern = cx.args.get(2).copied();
    let listeners = match cx.command.name {
        "pubsub|channels" => &cx.state.pubsub.channels,
        _ => &cx.state.pubsub.shards,
    };
    let names = listeners
        .keys()
        .filter(|name| pattern.is_none_or(|pattern| glob::matches(pattern, name)));
    let names: Vec<_> = names.collect();
    cx.out.bulks(names);
    Ok(())
}

fn numsub(cx: &mut Cx<'_>) -> Outcome {
    let listeners = match cx.command.name {
        "pubsub|numsub" => &cx.state.pubsub.channels,
        _ => &cx.state.pubsub.shards,
    };
    cx.out.array((cx.args.len() - 2) * 2);
    for name in &cx.args[2..] {
        cx.out.bulk(name);
        cx.out.count(listeners.get(*name).map_or(0, BTreeSet::len));
    }
    Ok(())
}

fn numpat(cx: &mut Cx<'_>) -> Outcome {
    cx.out.count(cx.state.pubsub.patterns.len());
    Ok(())
}
