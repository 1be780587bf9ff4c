//! Lists, quick at both ends and small: the elements of a node stand one behind the other in one piece of memory, as in
//! Redis' quicklists, so that a push costs a copy and no allocation.

use std::collections::VecDeque;

use super::list_node::{FIRST, NODE, Node, size};

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
        if node.is_empty() {
            self.nodes.pop_front();
        }
        self.length -= 1;
        Some(item)
    }

    pub(crate) fn pop_back(&mut self) -> Option<Vec<u8>> {
        let node = self.nodes.back_mut()?;
        let item = node.pop_back();
        if node.is_empty() {
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
        self.nodes[place.node].replace(place.at, item);
        self.halve(place.node);
    }

    /// Puts an element before that at `index`, or at the end.
    pub(crate) fn insert(&mut self, index: usize, item: &[u8]) {
        if index == self.length {
            return self.push_back(item);
        }
        let place = self.place(index);
        self.nodes[place.node].insert(place.at, item);
        self.halve(place.node);
        self.length += 1;
    }

    /// Removes all behind the first `length` elements.
    pub(crate) fn truncate(&mut self, length: usize) {
        while let Some(node) = self.nodes.back().filter(|_| self.length > length) {
            if node.len() > self.length - length {
                self.pop_back();
            } else {
                self.length -= node.len();
                self.nodes.pop_back();
            }
        }
    }

    /// Removes the first `count` elements.
    pub(crate) fn drop_front(&mut self, count: usize) {
        let left = self.length.saturating_sub(count);
        while let Some(node) = self.nodes.front().filter(|_| self.length > left) {
            if node.len() > self.length - left {
                self.pop_front();
            } else {
                self.length -= node.len();
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
                if index < before + node.len() {
                    return Place::within(node, number, index - before);
                }
                before += node.len();
            }
        } else {
            let mut behind = self.length;
            for (number, node) in self.nodes.iter().enumerate().rev() {
                behind -= node.len();
                if index > behind {
                    return Place::within(node, number, index - behind);
                }
                if index == behind {
                    return Place::within(node, number, 0);
                }
            }
        }
        Place { node: 0, at: 0 }
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

/// Where an element begins, or the elements of a node end.
#[derive(Debug, Clone, Copy)]
struct Place {
    node: usize,
    at: usize,
}

impl Place {
    fn within(node: &Node, number: usize, index: usize) -> Place {
        Place {
            node: number,
            at: node.place(index),
        }
    }
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
        if self.front.at == node.end() {
            self.front.node += 1;
            node = &self.nodes[self.front.node];
            self.front.at = node.start();
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
        if self.back.at == node.start() {
            self.back.node -= 1;
            node = &self.nodes[self.back.node];
            self.back.at = node.end();
        }
        self.back.at = node.before(self.back.at);
        Some(node.item_at(self.back.at))
    }
}

impl ExactSizeIterator for Iter<'_> {}

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
            assert!(nodes.clone().all(|node| !node.is_empty()), "an empty node");
            assert_eq!(nodes.map(Node::len).sum::<usize>(), list.len());
        }
    }

    /// How many bytes its nodes have asked for.
    fn room(list: &List) -> usize {
        list.nodes.iter().map(Node::capacity).sum()
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
            assert!(node.capacity() <= 8 * FIRST, "{}", node.capacity());
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
