//! Consumer groups: who has been given which entries of a stream, and has not acknowledged them.

use std::collections::{BTreeMap, BTreeSet};

use super::Stream;
use super::stream::StreamId;

/// A consumer group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) last: StreamId,
    /// How many entries the group has read, when that is known.
    pub(crate) read: Option<i64>,
    pub(crate) pending: BTreeMap<StreamId, Pending>,
    pub(crate) consumers: BTreeMap<Vec<u8>, Consumer>,
}

/// An entry that was delivered and not acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) consumer: Vec<u8>,
    pub(crate) delivered: i64,
    pub(crate) count: i64,
}

/// A consumer of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Consumer {
    pub(crate) seen: i64,
    /// When it last got an entry, in Unix milliseconds.
    pub(crate) active: Option<i64>,
    pub(crate) pending: BTreeSet<StreamId>,
}

impl Group {
    /// How many entries the group has not read yet, when that can be told.
    pub(crate) fn lag(&self, stream: &Stream) -> Option<i64> {
        if stream.added == 0 {
            return Some(0);
        }
        let read = match self.read {
            Some(read) if !stream.has_gap_after(self.last) => read,
            _ => stream.counter_at(self.last)?,
        };
        Some(stream.added.saturating_sub(read))
    }

    /// Notes that the group has read up to an entry; `counter` is what the stream tells of it.
    pub(crate) fn advance(&mut self, id: StreamId, gap: bool, counter: Option<i64>) {
        match self.read {
            Some(read) if !gap => self.read = Some(read.saturating_add(1)),
            _ => self.read = counter,
        }
        self.last = id;
    }

    /// Takes an entry off the pending ones; false when it was not there.
    pub(crate) fn acknowledge(&mut self, id: StreamId) -> bool {
        let Some(pending) = self.pending.remove(&id) else {
            return false;
        };
        if let Some(consumer) = self.consumers.get_mut(&pending.consumer) {
            consumer.pending.remove(&id);
        }
        true
    }

    /// Notes a delivery to a consumer, taking the entry from whoever had it.
    pub(crate) fn assign(&mut self, id: StreamId, pending: Pending) {
        self.acknowledge(id);
        if let Some(consumer) = self.consumers.get_mut(&pending.consumer) {
            consumer.pending.insert(id);
        }
        self.pending.insert(id, pending);
    }
}

/// How XCLAIM and XAUTOCLAIM take entries over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    /// Only entries that were not delivered for so many milliseconds.
    pub(crate) min_idle: i64,
    /// When they count as delivered.
    pub(crate) delivered: i64,
    /// How often they count as delivered; otherwise that is counted on.
    pub(crate) retries: Option<i64>,
    /// Also entries that nobody has.
    pub(crate) force: bool,
    /// Whether this does not count as a delivery.
    pub(crate) just_id: bool,
}

/// What became of an entry that was to be claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claimed {
    /// By a consumer that may be new.
    Yes(bool),
    No,
    /// The stream does not have it any more, so nobody has.
    Gone,
}

impl Group {
    /// Finds a consumer, which has been seen now; true when it is new.
    pub(crate) fn see(&mut self, name: &[u8], now: i64) -> bool {
        if let Some(consumer) = self.consumers.get_mut(name) {
            consumer.seen = now;
            return false;
        }
        let consumer = Consumer {
            seen: now,
            active: None,
            pending: BTreeSet::new(),
        };
        self.consumers.insert(name.to_vec(), consumer);
        true
    }

    /// Notes that a consumer has got an entry.
    pub(crate) fn note_active(&mut self, name: &[u8], now: i64) {
        if let Some(consumer) = self.consumers.get_mut(name) {
            consumer.active = Some(now);
        }
    }

    /// Removes a consumer with what it has, and tells how much that was.
    pub(crate) fn remove_consumer(&mut self, name: &[u8]) -> Option<usize> {
        let consumer = self.consumers.remove(name)?;
        for id in &consumer.pending {
            self.pending.remove(id);
        }
        Some(consumer.pending.len())
    }
}

impl Stream {
    /// Runs something with a group and the stream, of which the group is a part.
    pub(crate) fn with_group<T>(
        &mut self,
        name: &[u8],
        work: impl FnOnce(&Stream, &mut Group) -> T,
    ) -> Option<T> {
        let (name, mut group) = self.groups.remove_entry(name)?;
        let done = work(self, &mut group);
        self.groups.insert(name, group);
        Some(done)
    }

    /// Gives a consumer entries that the group has not read; zero is no limit.
    pub(crate) fn deliver(
        &self,
        group: &mut Group,
        consumer: &[u8],
        count: usize,
        acknowledged: bool,
        now: i64,
    ) -> Vec<StreamId> {
        let most = if count == 0 { usize::MAX } else { count };
        let start = group.last.next();
        let found = start.and_then(|start| self.range(start, StreamId::MAX));
        let ids: Vec<StreamId> = found
            .into_iter()
            .flatten()
            .map(|(id, _)| id)
            .take(most)
            .collect();
        if !ids.is_empty() {
            group.note_active(consumer, now);
        }
        for id in &ids {
            group.advance(*id, self.has_gap_after(*id), self.counter_at(*id));
            if !acknowledged {
                let consumer = consumer.to_vec();
                let (delivered, count) = (now, 1);
                group.assign(
                    *id,
                    Pending {
                        consumer,
                        delivered,
                        count,
                    },
                );
            }
        }
        ids
    }

    /// Gives an entry to another consumer, if it may have it.
    pub(crate) fn claim(
        &self,
        group: &mut Group,
        consumer: &[u8],
        id: StreamId,
        claim: Claim,
        now: i64,
    ) -> Claimed {
        if self.get(id).is_none() {
            return if group.acknowledge(id) {
                Claimed::Gone
            } else {
                Claimed::No
            };
        }
        let known = group.pending.get(&id);
        if known.is_none() && !claim.force {
            return Claimed::No;
        }
        let idle = known.map(|pending| now - pending.delivered);
        if claim.min_idle > 0 && idle.is_some_and(|idle| idle < claim.min_idle) {
            return Claimed::No;
        }
        // An entry that nobody had counts as delivered once before.
        let before = known.map_or(1, |pending| pending.count);
        let count = claim
            .retries
            .unwrap_or(before.saturating_add(i64::from(!claim.just_id)));
        let pending = Pending {
            consumer: consumer.to_vec(),
            delivered: claim.delivered,
            count,
        };
        // A consumer that gets nothing is not made, nor seen.
        let is_new = group.see(consumer, now);
        group.assign(id, pending);
        group.note_active(consumer, now);
        Claimed::Yes(is_new)
    }
}
