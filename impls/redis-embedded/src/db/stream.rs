//! Streams: entries in the order of their ids, and the consumer groups that read them.

use std::collections::{BTreeMap, BTreeSet};

/// The id of an entry: milliseconds and a sequence number within them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StreamId {
    pub(crate) ms: u64,
    pub(crate) seq: u64,
}

impl StreamId {
    pub(crate) const MIN: StreamId = StreamId { ms: 0, seq: 0 };
    pub(crate) const MAX: StreamId = StreamId {
        ms: u64::MAX,
        seq: u64::MAX,
    };

    pub(crate) fn next(self) -> Option<StreamId> {
        match self.seq.checked_add(1) {
            Some(seq) => Some(StreamId { ms: self.ms, seq }),
            None => self.ms.checked_add(1).map(|ms| StreamId { ms, seq: 0 }),
        }
    }

    pub(crate) fn previous(self) -> Option<StreamId> {
        match self.seq.checked_sub(1) {
            Some(seq) => Some(StreamId { ms: self.ms, seq }),
            None => self
                .ms
                .checked_sub(1)
                .map(|ms| StreamId { ms, seq: u64::MAX }),
        }
    }
}

impl std::fmt::Display for StreamId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.ms, self.seq)
    }
}

/// The fields of an entry, with their values after them.
pub(crate) type Fields = Vec<Vec<u8>>;

/// A stream.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stream {
    pub(crate) entries: BTreeMap<StreamId, Fields>,
    pub(crate) last: StreamId,
    pub(crate) max_deleted: StreamId,
    pub(crate) added: u64,
    pub(crate) groups: BTreeMap<Vec<u8>, Group>,
}

/// A consumer group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    pub(crate) last: StreamId,
    /// How many entries the group has read, when that is known.
    pub(crate) read: Option<u64>,
    pub(crate) pending: BTreeMap<StreamId, Pending>,
    pub(crate) consumers: BTreeMap<Vec<u8>, Consumer>,
}

/// An entry that was delivered and not acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) consumer: Vec<u8>,
    pub(crate) delivered: i64,
    pub(crate) count: u64,
}

/// A consumer of a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Consumer {
    pub(crate) seen: i64,
    pub(crate) pending: BTreeSet<StreamId>,
}

impl Stream {
    pub(crate) fn first(&self) -> Option<StreamId> {
        self.entries.keys().next().copied()
    }

    /// Removes an entry; false when it was not there.
    pub(crate) fn remove(&mut self, id: StreamId) -> bool {
        let found = self.entries.remove(&id).is_some();
        if found {
            self.max_deleted = self.max_deleted.max(id);
        }
        found
    }

    pub(crate) fn size(&self) -> usize {
        self.entries.values().flatten().map(Vec::len).sum()
    }

    /// How many of the entries ever added come up to an id, when that can be told.
    pub(crate) fn counter_at(&self, id: StreamId) -> Option<u64> {
        if self.added == 0 {
            return Some(0);
        }
        let length = self.entries.len() as u64;
        if id >= self.last || length == 0 {
            return (id <= self.last).then_some(self.added);
        }
        let first = self.first()?;
        if self.max_deleted > StreamId::MIN && self.max_deleted >= first {
            return None;
        }
        match id.cmp(&first) {
            std::cmp::Ordering::Less => Some(self.added - length),
            std::cmp::Ordering::Equal => Some(self.added - length + 1),
            std::cmp::Ordering::Greater => None,
        }
    }

    /// Whether an entry was deleted after an id, so that counting up to it no longer tells reads.
    pub(crate) fn has_tombstone_after(&self, id: StreamId) -> bool {
        self.first().is_some() && self.max_deleted != StreamId::MIN && id <= self.max_deleted
    }
}

impl Group {
    /// How many entries the group has not read yet, when that can be told.
    pub(crate) fn lag(&self, stream: &Stream) -> Option<i64> {
        // A group may be told that it has read more than there was.
        let behind = |read: u64| stream.added.wrapping_sub(read).cast_signed();
        if stream.added == 0 {
            return Some(0);
        }
        match self.read {
            Some(read) if !stream.has_tombstone_after(self.last) => Some(behind(read)),
            _ => stream.counter_at(self.last).map(behind),
        }
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
        let consumer = self.consumers.entry(pending.consumer.clone()).or_default();
        consumer.pending.insert(id);
        self.pending.insert(id, pending);
    }
}
