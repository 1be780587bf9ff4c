//! Streams: entries in the order of their ids.

use std::collections::BTreeMap;

use super::stream_group::Group;
pub(crate) use super::stream_nodes::NodeLimits;
use super::stream_nodes::Nodes;

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

impl StreamId {
    /// The id as Redis keeps it in a radix tree.
    pub(crate) fn to_bytes(self) -> [u8; 16] {
        let number = u128::from(self.ms) << 64 | u128::from(self.seq);
        number.to_be_bytes()
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
    /// Changed only by what keeps `nodes` in step.
    pub(crate) entries: BTreeMap<StreamId, Fields>,
    nodes: Nodes,
    pub(crate) last: StreamId,
    pub(crate) max_deleted: StreamId,
    pub(crate) added: i64,
    pub(crate) groups: BTreeMap<Vec<u8>, Group>,
}

/// Which entries XADD and XTRIM drop from the front.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Keep {
    Newest(usize),
    From(StreamId),
}

/// How exactly they do that.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Trim {
    Exactly,
    /// Whole nodes only, and at most so many entries; zero is no limit.
    Roughly(usize),
}

impl Stream {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, id: StreamId) -> Option<&Fields> {
        self.entries.get(&id)
    }

    /// The entries between two ids, both included.
    pub(crate) fn range(
        &self,
        start: StreamId,
        end: StreamId,
    ) -> Option<impl DoubleEndedIterator<Item = (StreamId, &Fields)>> {
        // An empty range is a mistake to the map.
        let found = (start <= end).then(|| self.entries.range(start..=end))?;
        Some(found.map(|(id, fields)| (*id, fields)))
    }

    /// The id of the first entry, or zero.
    pub(crate) fn first(&self) -> StreamId {
        self.entries.keys().next().copied().unwrap_or(StreamId::MIN)
    }

    /// The id of the last entry that is still there, or zero.
    pub(crate) fn top(&self) -> StreamId {
        self.entries
            .keys()
            .next_back()
            .copied()
            .unwrap_or(StreamId::MIN)
    }

    /// Adds an entry, whose id is greater than all before.
    pub(crate) fn add(&mut self, id: StreamId, fields: Fields, limits: NodeLimits) {
        self.nodes.add(id, &fields, limits);
        self.entries.insert(id, fields);
        self.last = id;
        self.added = self.added.saturating_add(1);
    }

    /// Deletes an entry, which leaves a gap; false when it was not there.
    pub(crate) fn delete(&mut self, id: StreamId) -> bool {
        let found = self.drop_entry(id);
        if found {
            self.max_deleted = self.max_deleted.max(id);
        }
        found
    }

    pub(crate) fn drop_entry(&mut self, id: StreamId) -> bool {
        let found = self.entries.remove(&id).is_some();
        if found {
            self.nodes.remove(id);
        }
        found
    }

    /// Drops entries from the front, and tells how many.
    pub(crate) fn trim(&mut self, keep: Keep, how: Trim) -> usize {
        let before = self.len();
        let goes = |stream: &Stream, count: usize, last: StreamId| match keep {
            Keep::Newest(most) => stream.len() - count >= most,
            Keep::From(start) => last < start,
        };
        match how {
            Trim::Exactly => {
                while let Some(first) = self.entries.keys().next().copied() {
                    if !goes(self, 1, first) {
                        break;
                    }
                    self.drop_entry(first);
                }
            }
            Trim::Roughly(limit) => {
                while let Some((count, next)) = self.nodes.first() {
                    let end = next.and_then(StreamId::previous).unwrap_or(StreamId::MAX);
                    let last = self.entries.range(..=end).next_back();
                    let last = last.map_or(StreamId::MIN, |(id, _)| *id);
                    let dropped = before - self.len();
                    let enough = matches!(keep, Keep::Newest(most) if self.len() <= most);
                    if enough || (limit > 0 && dropped + count > limit) || !goes(self, count, last)
                    {
                        break;
                    }
                    for _ in 0..count {
                        self.drop_entry(self.first());
                    }
                }
            }
        }
        before - self.len()
    }

    /// How many nodes Redis has it in, and how many its radix tree has for them.
    pub(crate) fn nodes(&self) -> (usize, usize) {
        (self.nodes.len(), self.nodes.radix_nodes())
    }

    pub(crate) fn size(&self) -> usize {
        self.entries.values().flatten().map(Vec::len).sum()
    }

    /// How many of the entries ever added come up to an id, when that can be told.
    pub(crate) fn counter_at(&self, id: StreamId) -> Option<i64> {
        let length = i64::try_from(self.len()).unwrap_or(i64::MAX);
        if self.added == 0 {
            return Some(0);
        }
        if (length == 0 && id <= self.last) || id == self.last {
            return Some(self.added);
        }
        if id > self.last {
            return None;
        }
        let first = self.first();
        let whole = self.max_deleted == StreamId::MIN || self.max_deleted < first;
        match id.cmp(&first) {
            std::cmp::Ordering::Less if whole => Some(self.added - length),
            std::cmp::Ordering::Equal if whole => Some(self.added - length + 1),
            _ => None,
        }
    }

    /// Whether an entry may have been deleted after an id, so that counting on no longer tells
    /// how many were read.
    pub(crate) fn has_gap_after(&self, id: StreamId) -> bool {
        self.len() > 0 && self.max_deleted != StreamId::MIN && id <= self.max_deleted
    }
}
