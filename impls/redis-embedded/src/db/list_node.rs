//! Some elements of a list, one behind the other in one piece of memory.
//!
//! Each stands between its length and its length again, so that it is found from either side.

/// How many bytes a node of more than one element has, at most.
pub(super) const NODE: usize = 8 * 1024;
/// How much room a node begins with.
pub(super) const FIRST: usize = 64;

/// Elements in one piece of memory.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// The elements, each between its length and its length, behind room for others.
    bytes: Vec<u8>,
    /// Where they begin.
    start: usize,
    count: usize,
}

impl Node {
    /// One without elements, `start` bytes of whose room are for those at the front.
    pub(super) fn with_room(room: usize, start: usize) -> Node {
        let mut bytes = Vec::with_capacity(room);
        bytes.resize(start, 0);
        Node {
            bytes,
            start,
            count: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The place of the first element.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// The place behind the last element.
    pub(super) fn end(&self) -> usize {
        self.bytes.len()
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.bytes.capacity()
    }

    fn used(&self) -> usize {
        self.bytes.len() - self.start
    }

    pub(super) fn has_room(&self, item: &[u8]) -> bool {
        self.used() + size(item.len()) <= NODE
    }

    pub(super) fn push_back(&mut self, item: &[u8]) {
        // A queue would grow for ever at one end while it shrinks at the other.
        if self.start >= self.used() && self.bytes.len() + size(item.len()) > self.bytes.capacity()
        {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        pack(&mut self.bytes, item);
        self.count += 1;
    }

    pub(super) fn push_front(&mut self, item: &[u8]) {
        let size = size(item.len());
        if self.start < size {
            self.make_room(size);
        }
        let end = self.start;
        self.start -= size;
        let (length, width) = length(item.len());
        let place = &mut self.bytes[self.start..end];
        place[..width].copy_from_slice(&length[..width]);
        place[width..size - width].copy_from_slice(item);
        place[size - width..].copy_from_slice(&length[..width]);
        place[size - width..].reverse();
        self.count += 1;
    }

    /// As much at either end again as there is, as far as the node may grow, and `size` at the least.
    fn make_room(&mut self, size: usize) {
        let grown = self.used().min(NODE.saturating_sub(self.used()));
        let room = grown.max(size).max(FIRST);
        let mut bytes = Vec::with_capacity(room + self.used() + room);
        bytes.resize(room, 0);
        bytes.extend_from_slice(&self.bytes[self.start..]);
        self.bytes = bytes;
        self.start = room;
    }

    pub(super) fn pop_front(&mut self) -> Vec<u8> {
        let item = self.item_at(self.start).to_vec();
        self.start += size(item.len());
        self.count -= 1;
        item
    }

    pub(super) fn pop_back(&mut self) -> Vec<u8> {
        let at = self.before(self.bytes.len());
        let item = self.item_at(at).to_vec();
        self.bytes.truncate(at);
        self.count -= 1;
        item
    }

    /// Puts another element in the place of the one that begins there.
    pub(super) fn replace(&mut self, at: usize, item: &[u8]) {
        self.splice(at, self.size_at(at), item);
    }

    /// Puts an element before the one that begins there, or at the end.
    pub(super) fn insert(&mut self, at: usize, item: &[u8]) {
        self.splice(at, 0, item);
        self.count += 1;
    }

    /// Puts an element in the place of `old` bytes.
    fn splice(&mut self, at: usize, old: usize, item: &[u8]) {
        let mut packed = Vec::with_capacity(size(item.len()));
        pack(&mut packed, item);
        self.bytes.splice(at..at + old, packed);
        self.bytes.shrink_to(2 * NODE);
    }

    /// Takes about the second half of its bytes away, if it is too long and has more than one element.
    pub(super) fn split(&mut self) -> Option<Node> {
        if self.used() <= NODE || self.count == 1 {
            return None;
        }
        let half = self.start + self.used() / 2;
        let mut at = self.start + self.size_at(self.start);
        let mut before = 1;
        while at < half && before + 1 < self.count {
            at += self.size_at(at);
            before += 1;
        }
        let behind = Node {
            bytes: self.bytes.split_off(at),
            start: 0,
            count: self.count - before,
        };
        self.bytes.shrink_to_fit();
        self.count = before;
        Some(behind)
    }

    /// The place of one of its elements, or of its end.
    pub(super) fn place(&self, index: usize) -> usize {
        if index <= self.count / 2 {
            (0..index).fold(self.start, |at, _| at + self.size_at(at))
        } else {
            (index..self.count).fold(self.bytes.len(), |at, _| self.before(at))
        }
    }

    /// The element that begins there.
    pub(super) fn item_at(&self, at: usize) -> &[u8] {
        let (length, width) = read_length(self.bytes[at..].iter().copied());
        &self.bytes[at + width..at + width + length]
    }

    /// How many bytes the element has that begins there, with its lengths.
    fn size_at(&self, at: usize) -> usize {
        size(read_length(self.bytes[at..].iter().copied()).0)
    }

    /// Where the element begins that ends there.
    pub(super) fn before(&self, end: usize) -> usize {
        end - size(read_length(self.bytes[..end].iter().rev().copied()).0)
    }
}

/// Stands before, and behind, a length that one byte cannot hold.
const LONG: u8 = u8::MAX;

/// How many bytes an element of a length has in a node.
pub(super) fn size(length: usize) -> usize {
    let width = if length < usize::from(LONG) { 1 } else { 9 };
    length + 2 * width
}

/// A length as it stands before its element, and in how many bytes; behind it they stand in the opposite order.
fn length(length: usize) -> ([u8; 9], usize) {
    let mut bytes = [LONG; 9];
    match u8::try_from(length) {
        Ok(short) if short != LONG => {
            bytes[0] = short;
            (bytes, 1)
        }
        _ => {
            bytes[1..].copy_from_slice(&(length as u64).to_le_bytes());
            (bytes, 9)
        }
    }
}

fn read_length(mut bytes: impl Iterator<Item = u8>) -> (usize, usize) {
    match bytes.next() {
        Some(LONG) => {
            let length = bytes.take(8).zip(0..).fold(0, |length, (byte, place)| {
                length | u64::from(byte) << (8 * place)
            });
            (length as usize, 9)
        }
        short => (usize::from(short.unwrap_or(0)), 1),
    }
}

/// Appends an element, between its lengths.
fn pack(bytes: &mut Vec<u8>, item: &[u8]) {
    let (length, width) = length(item.len());
    bytes.extend_from_slice(&length[..width]);
    bytes.extend_from_slice(item);
    bytes.extend(length[..width].iter().rev());
}
