//! Sets of configurations, each kept only where no other one leaves at least as much open.
//!
//! Two configurations that agree on the state and on the calls under way may differ in which calls of unknown outcome
//! they have used up. One that has used up fewer of them can do all that the other can, so the other is not kept: a
//! write of unknown outcome that was overwritten since leaves no trace, and their number does not double the set.

use std::collections::HashMap;

use super::fingerprint;
use super::identity::Identity;

/// What may be the case at some moment.
#[derive(Clone, Debug)]
pub(super) struct Configuration<T> {
    /// A bit for each call under way that has been applied.
    pub(super) applied: u128,
    /// The calls of unknown outcome that have been applied, in order.
    pub(super) used: Vec<u32>,
    pub(super) state: T,
}

/// A set of configurations, in the order in which they were added.
pub(super) struct Configurations<T> {
    /// Nothing where another one that came later leaves more open.
    kept: Vec<Option<Configuration<T>>>,
    /// The hash of each.
    hashes: Vec<u64>,
    /// The place before each that has the same hash, and the last place of each hash, once there are enough to need it.
    before: Vec<u32>,
    last: HashMap<u64, u32, Identity>,
}

const NONE: u32 = u32::MAX;
/// So few hashes are faster compared one by one, since they lie side by side.
const FEW: usize = 64;

impl<T: Eq> Configurations<T> {
    pub(super) fn new() -> Self {
        Self {
            kept: Vec::new(),
            hashes: Vec::new(),
            before: Vec::new(),
            last: HashMap::default(),
        }
    }

    /// How many places there are, for [`get`](Self::get).
    pub(super) fn places(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<&Configuration<T>> {
        self.kept[place].as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Configuration<T>> {
        self.kept.iter().flatten()
    }

    /// Moves all out.
    pub(super) fn drain_into(&mut self, configurations: &mut Vec<Configuration<T>>) {
        configurations.extend(self.kept.drain(..).flatten());
        self.clear();
    }

    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.hashes.clear();
        self.before.clear();
        self.last.clear();
    }

    /// Adds a configuration whose state has the number `state`, unless another one leaves as much open.
    pub(super) fn add(&mut self, configuration: Configuration<T>, state: u128) {
        let hash = hash(configuration.applied, state);
        if self.kept.len() < FEW {
            let mut from = 0;
            while let Some(next) = self.hashes[from..].iter().position(|other| *other == hash) {
                from += next + 1;
                if !self.leaves_more(from - 1, &configuration) {
                    return;
                }
            }
        } else {
            self.index();
            let mut place = self.last.get(&hash).copied().unwrap_or(NONE);
            while place != NONE {
                if !self.leaves_more(place as usize, &configuration) {
                    return;
                }
                place = self.before[place as usize];
            }
        }
        self.kept.push(Some(configuration));
        self.hashes.push(hash);
    }

    /// Brings the table of hashes up to date.
    fn index(&mut self) {
        for place in self.before.len()..self.kept.len() {
            let number = u32::try_from(place).expect("fewer configurations than 2³²");
            let before = self.last.insert(self.hashes[place], number);
            self.before.push(before.unwrap_or(NONE));
        }
    }

    /// Whether `new` leaves open what the one at `place` does not; takes that out where it leaves nothing else open.
    fn leaves_more(&mut self, place: usize, new: &Configuration<T>) -> bool {
        let kept = &mut self.kept[place];
        let Some(old) = kept else { return true };
        if old.applied != new.applied || old.state != new.state {
            return true;
        }
        if is_subset(&old.used, &new.used) {
            return false;
        }
        if is_subset(&new.used, &old.used) {
            *kept = None;
        }
        true
    }
}

fn hash(applied: u128, state: u128) -> u64 {
    let low = fingerprint::scramble(applied as u64 ^ state as u64);
    low ^ fingerprint::scramble((applied >> 64) as u64 ^ (state >> 64) as u64).rotate_left(29)
}

/// Both in order.
fn is_subset(small: &[u32], large: &[u32]) -> bool {
    let mut large = large.iter();
    small.iter().all(|one| large.any(|other| other == one))
}
