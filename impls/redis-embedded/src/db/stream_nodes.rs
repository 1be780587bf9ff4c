//! How Redis packs a stream's entries into nodes.
//!
//! Nothing is stored in these nodes. But `MAXLEN ~` only drops whole ones, and XINFO counts them,
//! so that their borders are part of what a client sees.

use std::collections::BTreeMap;

use super::number;
use super::stream::{Fields, StreamId};

/// When a node is full, as `stream-node-max-bytes` and `stream-node-max-entries` say; zero is no
/// limit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NodeLimits {
    pub(crate) bytes: usize,
    pub(crate) entries: usize,
}

/// The largest listpack that Redis makes of a stream.
const LARGEST: usize = 1 << 30;

/// The nodes by the id of their first entry ever.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nodes(BTreeMap<StreamId, Node>);

#[derive(Debug, Clone)]
struct Node {
    /// The field names of its first entry, which entries with the same ones do not repeat.
    names: Vec<Vec<u8>>,
    live: usize,
    deleted: usize,
    /// What it takes, without the two counts above.
    bytes: usize,
}

impl Nodes {
    /// Notes a new last entry.
    pub(crate) fn add(&mut self, id: StreamId, fields: &Fields, limits: NodeLimits) {
        let size = fields.iter().map(Vec::len).sum();
        let open = self
            .0
            .last_entry()
            .filter(|node| !node.get().is_full(size, limits));
        match open {
            Some(mut node) => {
                let master = *node.key();
                node.get_mut().add(master, id, fields);
            }
            None => {
                let names: Vec<Vec<u8>> = fields.iter().step_by(2).cloned().collect();
                // A head and an end, the number of names, the names, a zero.
                let own: usize = names.iter().map(|name| text(name)).sum();
                let mut node = Node {
                    bytes: 7 + int(as_i64(names.len())) + own + 2,
                    names,
                    live: 0,
                    deleted: 0,
                };
                node.add(id, id, fields);
                self.0.insert(id, node);
            }
        }
    }

    /// Notes that an entry is gone.
    pub(crate) fn remove(&mut self, id: StreamId) {
        let Some((master, node)) = self.0.range_mut(..=id).next_back() else {
            return;
        };
        node.live = node.live.saturating_sub(1);
        node.deleted += 1;
        if node.live == 0 {
            let master = *master;
            self.0.remove(&master);
        }
    }

    /// How many entries the first node has, and where the second one begins.
    pub(crate) fn first(&self) -> Option<(usize, Option<StreamId>)> {
        let mut nodes = self.0.iter();
        let (_, node) = nodes.next()?;
        Some((node.live, nodes.next().map(|(master, _)| *master)))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many nodes a radix tree of the ids has.
    pub(crate) fn radix_nodes(&self) -> usize {
        let keys: Vec<[u8; 16]> = self.0.keys().map(|id| id.to_bytes()).collect();
        if keys.is_empty() { 1 } else { radix(&keys, 0) }
    }
}

/// Runs of bytes that all keys share are one node; where keys differ, each byte has a node below.
fn radix(keys: &[[u8; 16]], depth: usize) -> usize {
    let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
        return 0;
    };
    // The keys are sorted, so what the first and the last share, all share.
    let shared = (depth..16).take_while(|at| first[*at] == last[*at]).count();
    let at = depth + shared;
    let run = usize::from(shared > 0);
    if at == 16 {
        return run + 1;
    }
    let children = keys.chunk_by(|a, b| a[at] == b[at]);
    run + 1 + children.map(|keys| radix(keys, at + 1)).sum::<usize>()
}

impl Node {
    fn is_full(&self, size: usize, limits: NodeLimits) -> bool {
        let most = match limits.bytes {
            1..LARGEST => limits.bytes,
            _ => LARGEST,
        };
        let bytes = self.bytes + int(as_i64(self.live)) + int(as_i64(self.deleted));
        bytes + size >= most || (limits.entries > 0 && self.live + self.deleted >= limits.entries)
    }

    fn add(&mut self, master: StreamId, id: StreamId, fields: &Fields) {
        let same = fields.iter().step_by(2).eq(self.names.iter());
        let count = as_i64(fields.len() / 2);
        let ids = int(id.ms.wrapping_sub(master.ms).cast_signed())
            + int(id.seq.wrapping_sub(master.seq).cast_signed());
        let content: usize = if same {
            let values = fields.iter().skip(1).step_by(2);
            values.map(|value| text(value)).sum::<usize>() + int(count + 3)
        } else {
            let all = fields.iter().map(|part| text(part)).sum::<usize>();
            int(count) + all + int(count * 2 + 4)
        };
        // The flags are a small number.
        self.bytes += 2 + ids + content;
        self.live += 1;
    }
}

fn as_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// What a number takes in a listpack.
fn int(number: i64) -> usize {
    1 + match number {
        0..=127 => 1,
        -4096..=4095 => 2,
        -0x8000..=0x7fff => 3,
        -0x80_0000..=0x7f_ffff => 4,
        -0x8000_0000..=0x7fff_ffff => 5,
        _ => 9,
    }
}

/// What a string takes in a listpack.
fn text(bytes: &[u8]) -> usize {
    if let Some(number) = number::integer(bytes) {
        return int(number);
    }
    let length = bytes.len();
    let encoded = length
        + match length {
            0..64 => 1,
            64..4096 => 2,
            _ => 5,
        };
    encoded
        + match encoded {
            0..=127 => 1,
            128..16_383 => 2,
            16_383..2_097_151 => 3,
            2_097_151..268_435_455 => 4,
            _ => 5,
        }
}
