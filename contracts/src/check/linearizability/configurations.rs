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
    kept: Vec<Kept<T>>,
    /// The last one of each hash, once there are enough of them to need it.
    last: HashMap<u64, u32, Identity>,
}

struct Kept<T> {
    hash: u64,
    /// The one before it of the same hash.
    before: u32,
    /// Taken out once another one leaves more open.
    configuration: Option<Configuration<T>>,
}

const NONE: u32 = u32::MAX;
/// So few are compared one by one.
const FEW: usize = 12;

impl<T: Eq> Configurations<T> {
    pub(super) fn new() -> Self {
        Self {
            kept: Vec::new(),
            last: HashMap::default(),
        }
    }

    /// How many places there are, for [`get`](Self::get).
    pub(super) fn places(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<&Configuration<T>> {
        self.kept[place].configuration.as_ref()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Configuration<T>> {
        self.kept
            .iter()
            .filter_map(|kept| kept.configuration.as_ref())
    }

    /// Moves all out.
    pub(super) fn drain_into(&mut self, configurations: &mut Vec<Configuration<T>>) {
        self.last.clear();
        configurations.extend(self.kept.drain(..).filter_map(|kept| kept.configuration));
    }

    pub(super) fn clear(&mut self) {
        self.last.clear();
        self.kept.clear();
    }

    /// Adds a configuration whose state has the number `state`, unless another one leaves as much open.
    pub(super) fn add(&mut self, configuration: Configuration<T>, state: u128) {
        let hash = hash(configuration.applied, state);
        if self.kept.len() < FEW {
            for place in 0..self.kept.len() {
                if self.kept[place].hash == hash && !self.leaves_more(place, &configuration) {
                    return;
                }
            }
        } else {
            if self.last.is_empty() {
                self.index();
            }
            let mut place = self.last.get(&hash).copied().unwrap_or(NONE);
            while place != NONE {
                if !self.leaves_more(place as usize, &configuration) {
                    return;
                }
                place = self.kept[place as usize].before;
            }
        }
        self.push(hash, configuration);
    }

    /// Whether `new` leaves open what the one at `place` does not; takes that out where it leaves nothing else open.
    fn leaves_more(&mut self, place: usize, new: &Configuration<T>) -> bool {
        let kept = &mut self.kept[place].configuration;
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

    fn push(&mut self, hash: u64, configuration: Configuration<T>) {
        let place = u32::try_from(self.kept.len()).expect("fewer configurations than 2³²");
        let before = if self.kept.len() < FEW {
            NONE
        } else {
            self.last.insert(hash, place).unwrap_or(NONE)
        };
        self.kept.push(Kept {
            hash,
            before,
            configuration: Some(configuration),
        });
    }

    fn index(&mut self) {
        for (place, kept) in (0..).zip(&mut self.kept) {
            kept.before = self.last.insert(kept.hash, place).unwrap_or(NONE);
        }
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
