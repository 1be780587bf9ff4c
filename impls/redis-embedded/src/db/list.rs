//! Lists, quick at both ends and small: the elements of a node stand one behind the other in one piece of memory, as in
//! Redis' quicklists, so that a push costs a copy and no allocation.

use std::collections::VecDeque;

/// How many bytes a node of more than one element has, at most.
const NODE: usize = 8 * 1024;
/// How much room a node begins with.
const FIRST: usize = 64;

/// A list of strings of bytes.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    /// None of them is empty.
    nodes: VecDeque<Node>,
    length: usize,
}

impl List {
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// How many bytes its elements have.
    pub(crate) fn size(&self) -> usize {
        self.iter().map(<[u8]>::len).sum()
    }

    pub(crate) fn push_back(&mut self, item: &[u8]) {
        match self.nodes.back_mut().filter(|node| node.has_room(item)) {
            Some(node) => node.push_back(item),
            None => {
                let mut node = Node::with_room(self.room_for(item), 0);
                node.push_back(item);
                self.nodes.push_back(node);
            }
        }
        self.length += 1;
    }

    pub(crate) fn push_front(&mut self, item: &[u8]) {
        match self.nodes.front_mut().filter(|node| node.has_room(item)) {
            Some(node) => node.push_front(item),
            None => {
                let room = self.room_for(item);
                let mut node = Node::with_room(room, room);
                node.push_front(item);
                self.nodes.push_front(node);
            }
        }
        self.length += 1;
    }

    pub(crate) fn pop_front(&mut self) -> Option<Vec<u8>> {
        let node = self.nodes.front_mut()?;
        let item = node.pop_front();
        if node.count == 0 {
            self.nodes.pop_front();
        }
        self.length -= 1;
        Some(item)
    }

    pub(crate) fn pop_back(&mut self) -> Option<Vec<u8>> {
        let node = self.nodes.back_mut()?;
        let item = node.pop_back();
        if node.count == 0 {
            self.nodes.pop_back();
        }
        self.length -= 1;
        Some(item)
    }

    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        self.range(index, self.length).next()
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        self.range(0, self.length)
    }

    /// The elements from `start` to before `end`, which is not beyond the list.
    pub(crate) fn range(&self, start: usize, end: usize) -> Iter<'_> {
        Iter {
            nodes: &self.nodes,
            front: self.place(start),
            back: self.place(end),
            left: end.saturating_sub(start),
        }
    }

    /// Puts another element in the place of that at `index`, which has to be there.
    pub(crate) fn set(&mut self, index: usize, item: &[u8]) {
        let place = self.place(index);
        let old = self.nodes[place.node].size_at(place.at);
        self.splice(place, old, item);
    }

    /// Puts an element before that at `index`, or at the end.
    pub(crate) fn insert(&mut self, index: usize, item: &[u8]) {
        if index == self.length {
            return self.push_back(item);
        }
        let place = self.place(index);
        self.nodes[place.node].count += 1;
        self.length += 1;
        self.splice(place, 0, item);
    }

    /// Removes all behind the first `length` elements.
    pub(crate) fn truncate(&mut self, length: usize) {
        while let Some(node) = self.nodes.back().filter(|_| self.length > length) {
            if node.count > self.length - length {
                self.pop_back();
            } else {
                self.length -= node.count;
                self.nodes.pop_back();
            }
        }
    }

    /// Removes the first `count` elements.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let left = self.length.saturating_sub(count);
        while let Some(node) = self.nodes.front().filter(|_| self.length > left) {
            if node.count > self.length - left {
                self.pop_front();
            } else {
                self.length -= node.count;
                self.nodes.pop_front();
            }
        }
    }

    /// Room for an element in a list that has none, and for many like it where there are many already.
    fn room_for(&self, item: &[u8]) -> usize {
        let room = if self.is_empty() { FIRST } else { NODE };
        room.max(size(item.len()))
    }

    /// Where an element begins, looked for from the nearer end; behind the last one for the length.
    fn place(&self, index: usize) -> Place {
        if index <= self.length / 2 {
            let mut before = 0;
            for (number, node) in self.nodes.iter().enumerate() {
                if index < before + node.count {
                    return node.place(number, index - before);
                }
                before += node.count;
            }
        } else {
            let mut behind = self.length;
            for (number, node) in self.nodes.iter().enumerate().rev() {
                behind -= node.count;
                if index > behind {
                    return node.place(number, index - behind);
                }
                if index == behind {
                    return node.place(number, 0);
                }
            }
        }
        Place { node: 0, at: 0 }
    }

    /// Puts an element in the place of `old` bytes of a node.
    fn splice(&mut self, place: Place, old: usize, item: &[u8]) {
        let mut packed = Vec::with_capacity(size(item.len()));
        pack(&mut packed, item);
        let bytes = &mut self.nodes[place.node].bytes;
        bytes.splice(place.at..place.at + old, packed);
        bytes.shrink_to(2 * NODE);
        self.halve(place.node);
    }

    /// Parts a node that is too long, and its halves where they are.
    fn halve(&mut self, node: usize) {
        if let Some(behind) = self.nodes[node].split() {
            self.nodes.insert(node + 1, behind);
            self.halve(node + 1);
            self.halve(node);
        }
    }
}

impl<T: AsRef<[u8]>> FromIterator<T> for List {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> List {
        let mut list = List::default();
        list.extend(items);
        list
    }
}

impl<T: AsRef<[u8]>> Extend<T> for List {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        items
            .into_iter()
            .for_each(|item| self.push_back(item.as_ref()));
    }
}

/// Elements in one piece of memory.
#[derive(Debug, Clone)]
struct Node {
    /// The elements, each between its length and its length, behind room for others.
    bytes: Vec<u8>,
    /// Where they begin.
    start: usize,
    count: usize,
}

impl Node {
    /// One without elements, `start` bytes of whose room are for those at the front.
    fn with_room(room: usize, start: usize) -> Node {
        let mut bytes = Vec::with_capacity(room);
        bytes.resize(start, 0);
        Node {
            bytes,
            start,
            count: 0,
        }
    }

    fn used(&self) -> usize {
        self.bytes.len() - self.start
    }

    fn has_room(&self, item: &[u8]) -> bool {
        self.used() + size(item.len()) <= NODE
    }

    fn push_back(&mut self, item: &[u8]) {
        // A queue would grow for ever at one end while it shrinks at the other.
        if self.start >= self.used() && self.bytes.len() + size(item.len()) > self.bytes.capacity()
        {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        pack(&mut self.bytes, item);
        self.count += 1;
    }

    fn push_front(&mut self, item: &[u8]) {
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

    fn pop_front(&mut self) -> Vec<u8> {
        let item = self.item_at(self.start).to_vec();
        self.start += size(item.len());
        self.count -= 1;
        item
    }

    fn pop_back(&mut self) -> Vec<u8> {
        let at = self.before(self.bytes.len());
        let item = self.item_at(at).to_vec();
        self.bytes.truncate(at);
        self.count -= 1;
        item
    }

    /// Takes about the second half of its bytes away, if it is too long and has more than one element.
    fn split(&mut self) -> Option<Node> {
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
    fn place(&self, node: usize, index: usize) -> Place {
        let at = if index <= self.count / 2 {
            (0..index).fold(self.start, |at, _| at + self.size_at(at))
        } else {
            (index..self.count).fold(self.bytes.len(), |at, _| self.before(at))
        };
        Place { node, at }
    }

    /// The element that begins there.
    fn item_at(&self, at: usize) -> &[u8] {
        let (length, width) = read_length(self.bytes[at..].iter().copied());
        &self.bytes[at + width..at + width + length]
    }

    /// How many bytes the element has that begins there, with its lengths.
    fn size_at(&self, at: usize) -> usize {
        size(read_length(self.bytes[at..].iter().copied()).0)
    }

    /// Where the element begins that ends there.
    fn before(&self, end: usize) -> usize {
        end - size(read_length(self.bytes[..end].iter().rev().copied()).0)
    }
}

/// Where an element begins, or the elements of a node end.
#[derive(Debug, Clone, Copy)]
struct Place {
    node: usize,
    at: usize,
}

/// Some of the elements of a list, in their order.
#[derive(Debug, Clone)]
pub(crate) struct Iter<'a> {
    nodes: &'a VecDeque<Node>,
    front: Place,
    back: Place,
    left: usize,
}

impl<'a> Iterator for Iter<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        self.left = self.left.checked_sub(1)?;
        let mut node = &self.nodes[self.front.node];
        if self.front.at == node.bytes.len() {
            self.front.node += 1;
            node = &self.nodes[self.front.node];
            self.front.at = node.start;
        }
        let item = node.item_at(self.front.at);
        self.front.at += size(item.len());
        Some(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let mut node = &self.nodes[self.back.node];
        if self.back.at == node.start {
            self.back.node -= 1;
            node = &self.nodes[self.back.node];
            self.back.at = node.bytes.len();
        }
        self.back.at = node.before(self.back.at);
        Some(node.item_at(self.back.at))
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// Stands before, and behind, a length that one byte cannot hold.
const LONG: u8 = u8::MAX;

/// How many bytes an element of a length has in a node.
fn size(length: usize) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::random::Random;

    /// A list, and what it should hold.
    #[derive(Default)]
    struct Twins {
        list: List,
        model: VecDeque<Vec<u8>>,
    }

    impl Twins {
        /// Does one thing to both.
        fn step(&mut self, random: &mut Random) {
            let lengths = [0, 1, 3, 60, 253, 254, 255, 256, 300, 5000, NODE, 3 * NODE];
            let item = vec![random.below(256) as u8; lengths[random.below(lengths.len())]];
            let length = self.model.len();
            let at = random.below(length);
            let (list, model) = (&mut self.list, &mut self.model);
            match random.below(16) {
                0..4 => {
                    list.push_front(&item);
                    model.push_front(item);
                }
                4..8 => {
                    list.push_back(&item);
                    model.push_back(item);
                }
                8..10 => assert_eq!(list.pop_front(), model.pop_front()),
                10..12 => assert_eq!(list.pop_back(), model.pop_back()),
                12 if length > 0 => {
                    list.set(at, &item);
                    model[at] = item;
                }
                13 => {
                    let at = random.below(length + 1);
                    list.insert(at, &item);
                    model.insert(at, item);
                }
                14 if length > 100 => {
                    list.truncate(length - 30);
                    model.truncate(length - 30);
                }
                15 if length > 100 => {
                    list.drop_front(30);
                    model.drain(..30);
                }
                _ => {}
            }
        }

        /// Compares all that can be read of both.
        fn compare(&self, random: &mut Random) {
            let (list, model) = (&self.list, &self.model);
            assert_eq!(list.len(), model.len());
            assert!(list.iter().eq(model), "forwards");
            assert!(list.iter().rev().eq(model.iter().rev()), "backwards");
            let end = random.below(model.len() + 1);
            let start = random.below(end + 1);
            assert!(list.range(start, end).eq(model.range(start..end)), "a part");
            assert!(
                list.range(start, end)
                    .rev()
                    .eq(model.range(start..end).rev()),
                "a part, backwards"
            );
            assert_eq!(list.get(start), model.get(start).map(Vec::as_slice));
            assert_eq!(list.get(model.len()), None);
            assert_eq!(list.size(), model.iter().map(Vec::len).sum());
            let nodes = list.nodes.iter();
            assert!(nodes.clone().all(|node| node.count > 0), "an empty node");
            assert_eq!(nodes.map(|node| node.count).sum::<usize>(), list.len());
        }
    }

    /// How many bytes its nodes have asked for.
    fn room(list: &List) -> usize {
        list.nodes.iter().map(|node| node.bytes.capacity()).sum()
    }

    #[test]
    fn holds_what_a_deque_holds() {
        for seed in 1..40 {
            let mut random = Random::new(seed);
            let mut twins = Twins::default();
            for _ in 0..500 {
                twins.step(&mut random);
                twins.compare(&mut random);
            }
        }
    }

    #[test]
    fn short_elements_share_nodes_whichever_end_they_come_from() {
        let (mut front, mut back) = (List::default(), List::default());
        for _ in 0..10_000 {
            front.push_front(b"xxx");
            back.push_back(b"xxx");
        }
        for list in [front, back] {
            assert!(list.nodes.len() <= 8, "{} nodes", list.nodes.len());
            assert!(room(&list) <= 2 * size(3) * list.len(), "{}", room(&list));
        }
    }

    #[test]
    fn elements_that_are_inserted_at_one_place_share_nodes() {
        for at in [0, 1, 800, 1500, 1999] {
            let mut list: List = [b"xxx"; 2000].into_iter().collect();
            (0..10_000).for_each(|_| list.insert(at, b"xxx"));
            assert!(list.nodes.len() <= 20, "{} nodes", list.nodes.len());
            assert!(room(&list) <= 3 * size(3) * list.len(), "{}", room(&list));
        }
    }

    #[test]
    fn a_queue_takes_no_more_room_than_its_longest() {
        let (mut right, mut left) = (List::default(), List::default());
        for _ in 0..100_000 {
            right.push_back(b"a job");
            left.push_front(b"a job");
            if right.len() > 3 {
                assert!(right.pop_front().is_some() && left.pop_back().is_some());
            }
        }
        for node in right.nodes.iter().chain(&left.nodes) {
            assert!(
                node.bytes.capacity() <= 8 * FIRST,
                "{}",
                node.bytes.capacity()
            );
        }
    }

    #[test]
    fn an_element_too_long_for_a_node_stands_alone() {
        let long = vec![b'x'; 3 * NODE];
        let list: List = [b"a".as_slice(), &long, b"b"].into_iter().collect();
        assert_eq!(list.nodes.len(), 3);
        let mut list: List = [b"xxx"; 1000].into_iter().collect();
        list.set(500, &long);
        assert_eq!(list.nodes.len(), 3);
    }

    #[test]
    fn a_long_element_takes_no_more_room_than_it_needs() {
        let long = vec![b'x'; 3 * NODE];
        let mut list = List::default();
        (0..5).for_each(|_| list.push_front(&long));
        (0..5).for_each(|_| list.push_back(&long));
        assert_eq!(room(&list), 10 * size(long.len()));
        (0..10).for_each(|at| list.set(at, b"short"));
        assert!(room(&list) <= 20 * NODE, "{}", room(&list));
    }
}
