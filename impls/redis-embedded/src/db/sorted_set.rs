//! Members with scores, in the order of the scores.
//!
//! The order is kept in sorted chunks: a rank is a sum over the chunks before, an insertion moves
//! one chunk's tail. That is simpler than a skip list, and quicker at the sizes tests have.

use std::cmp::Ordering;

use super::{Key, Map};

const CHUNK: usize = 256;

/// A sorted set.
#[derive(Debug, Clone)]
pub(crate) struct SortedSet {
    scores: Map<Key, f64>,
    chunks: Vec<Vec<(f64, Key)>>,
    /// Whether Redis would have it in a listpack.
    pub(crate) compact: bool,
}

impl Default for SortedSet {
    fn default() -> SortedSet {
        SortedSet::empty(true)
    }
}

fn order(left: (f64, &[u8]), right: (f64, &[u8])) -> Ordering {
    left.0
        .partial_cmp(&right.0)
        .unwrap_or(Ordering::Equal)
        .then_with(|| left.1.cmp(right.1))
}

impl SortedSet {
    pub(crate) fn empty(compact: bool) -> SortedSet {
        SortedSet {
            scores: Map::default(),
            chunks: Vec::new(),
            compact,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.scores.len()
    }

    pub(crate) fn score(&self, member: &[u8]) -> Option<f64> {
        self.scores.get(member).copied()
    }

    /// Sets a score; true when the member is new. The score is not NaN.
    pub(crate) fn insert(&mut self, member: &[u8], score: f64, limits: (usize, usize)) -> bool {
        let is_new = !self.scores.contains_key(member);
        if is_new && (self.scores.len() >= limits.0 || member.len() > limits.1) {
            self.compact = false;
        }
        // A listpack has whole numbers as such, and thereby no zero with a sign.
        let score = if self.compact { score + 0.0 } else { score };
        if let Some(old) = self.scores.get_mut(member) {
            if *old != score {
                let before = std::mem::replace(old, score);
                let key = self.unlink(before, member);
                self.link(score, key.unwrap_or_else(|| member.into()));
            }
            return false;
        }
        let key: Key = member.into();
        self.scores.insert(key.clone(), score);
        self.link(score, key);
        true
    }

    pub(crate) fn remove(&mut self, member: &[u8]) -> Option<f64> {
        let score = self.scores.swap_remove(member)?;
        self.unlink(score, member);
        Some(score)
    }

    /// The chunk an element belongs to.
    fn chunk(&self, score: f64, member: &[u8]) -> usize {
        let found = self.chunks.partition_point(|chunk| {
            chunk
                .last()
                .is_some_and(|(s, m)| order((*s, m), (score, member)).is_lt())
        });
        found.min(self.chunks.len().saturating_sub(1))
    }

    fn link(&mut self, score: f64, member: Key) {
        if self.chunks.is_empty() {
            self.chunks.push(Vec::new());
        }
        let index = self.chunk(score, &member);
        let chunk = &mut self.chunks[index];
        let at = chunk.partition_point(|(s, m)| order((*s, m), (score, &member)).is_lt());
        chunk.insert(at, (score, member));
        if chunk.len() > CHUNK {
            let tail = chunk.split_off(CHUNK / 2);
            self.chunks.insert(index + 1, tail);
        }
    }

    fn unlink(&mut self, score: f64, member: &[u8]) -> Option<Key> {
        let index = self.chunk(score, member);
        let chunk = self.chunks.get_mut(index)?;
        let at = chunk
            .binary_search_by(|(s, m)| order((*s, m), (score, member)))
            .ok()?;
        let (_, key) = chunk.remove(at);
        if chunk.is_empty() {
            self.chunks.remove(index);
        }
        Some(key)
    }

    /// How many elements come before the first for which `before` is false.
    pub(crate) fn partition(&self, mut before: impl FnMut(f64, &[u8]) -> bool) -> usize {
        let index = self
            .chunks
            .partition_point(|chunk| chunk.last().is_some_and(|(s, m)| before(*s, m)));
        let whole: usize = self.chunks[..index].iter().map(Vec::len).sum();
        let part = self
            .chunks
            .get(index)
            .map_or(0, |chunk| chunk.partition_point(|(s, m)| before(*s, m)));
        whole + part
    }

    pub(crate) fn rank(&self, member: &[u8]) -> Option<usize> {
        let score = self.score(member)?;
        Some(self.partition(|s, m| order((s, m), (score, member)).is_lt()))
    }

    /// The elements from the lowest score on.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, f64)> {
        self.chunks
            .iter()
            .flatten()
            .map(|(score, member)| (member, *score))
    }

    /// The elements from one rank up to another, which is not included.
    pub(crate) fn range(&self, start: usize, end: usize) -> Vec<(Key, f64)> {
        let mut found = Vec::with_capacity(end.saturating_sub(start).min(self.len()));
        let mut base = 0;
        for chunk in &self.chunks {
            if base >= end {
                break;
            }
            let from = start.saturating_sub(base).min(chunk.len());
            let to = (end - base).min(chunk.len());
            found.extend(
                chunk[from..to.max(from)]
                    .iter()
                    .map(|(s, m)| (m.clone(), *s)),
            );
            base += chunk.len();
        }
        found
    }

    /// An element by its place in the map, for random choice and scanning.
    pub(crate) fn at(&self, index: usize) -> Option<(&Key, f64)> {
        self.scores
            .get_index(index)
            .map(|(member, score)| (member, *score))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::random::Random;

    #[test]
    fn ranks_agree_with_a_sorted_list() {
        let mut random = Random::new(7);
        let mut set = SortedSet::default();
        let mut model: Vec<(f64, Vec<u8>)> = Vec::new();
        for _ in 0..6000 {
            let member = format!("m{}", random.below(900)).into_bytes();
            let score = random.below(50) as f64;
            model.retain(|(_, m)| *m != member);
            if random.below(3) == 0 {
                set.remove(&member);
            } else {
                set.insert(&member, score, (128, 64));
                model.push((score, member));
            }
        }
        model.sort_by(|a, b| order((a.0, &a.1), (b.0, &b.1)));
        assert_eq!(set.len(), model.len());
        for (rank, (score, member)) in model.iter().enumerate() {
            assert_eq!(set.rank(member), Some(rank));
            assert_eq!(set.score(member), Some(*score));
        }
        let range = set.range(100, 140);
        assert!(
            range
                .iter()
                .map(|(m, _)| &m[..])
                .eq(model[100..140].iter().map(|(_, m)| &m[..]))
        );
    }
}
