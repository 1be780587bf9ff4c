//! The contract, its model, and implementations with one planted bug each. Time is a method, so that no harness needs a
//! clock.

use std::collections::BTreeMap;
use std::time::Duration;

use contrait::check::Model;
use contrait::contract;

#[contract]
pub(super) trait Shelf {
    fn put(&mut self, #[key] key: &str, value: &[u8], ttl: Option<Duration>);
    #[read]
    fn get(&self, #[key] key: &str) -> Option<Vec<u8>>;
    fn remove(&mut self, #[key] key: &str) -> bool;
    fn pass(&mut self, by: Duration);
}

/// What is wrong with an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bug {
    Nothing,
    /// `put(ttl) put(none) pass get`
    Overwriting,
    /// `put(ttl) remove put(none) pass get`
    Removing,
    /// Seventeen entries, and a look at what has gone.
    Capacity,
}

impl Bug {
    /// With the length of the shortest sequence that shows each.
    pub(super) const PLANTED: [(Self, usize); 3] = [
        (Self::Overwriting, 4),
        (Self::Removing, 5),
        (Self::Capacity, 18),
    ];
    /// The one that mark 1 is about.
    pub(super) const MARK: Self = Self::Removing;
}

/// The model, which with a bug is the implementation.
#[derive(Clone, Debug)]
pub(super) struct Entries {
    bug: Bug,
    now: Duration,
    entries: BTreeMap<String, (Vec<u8>, Option<Duration>)>,
    /// Times of entries that were removed.
    old: BTreeMap<String, Duration>,
    order: Vec<String>,
}

impl Entries {
    pub(super) fn new(bug: Bug) -> Self {
        Self {
            bug,
            now: Duration::ZERO,
            entries: BTreeMap::new(),
            old: BTreeMap::new(),
            order: Vec::new(),
        }
    }
}

impl Model for Entries {}

impl Shelf for Entries {
    fn put(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        if ttl == Some(Duration::ZERO) {
            self.remove(key);
            return;
        }
        let before = self.entries.get(key).and_then(|(_, until)| *until);
        let mut until = ttl.map(|ttl| self.now.saturating_add(ttl));
        match self.bug {
            Bug::Overwriting if ttl.is_none() => until = before,
            Bug::Removing if ttl.is_none() => until = self.old.remove(key),
            Bug::Capacity => {
                self.order.retain(|other| other != key);
                self.order.push(key.to_owned());
                if self.order.len() > 16 {
                    let first = self.order.remove(0);
                    self.entries.remove(&first);
                }
            }
            _ => {}
        }
        self.entries.insert(key.to_owned(), (value.to_vec(), until));
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let live = |until: Option<Duration>| until.is_none_or(|until| self.now < until);
        let (value, _) = self.entries.get(key).filter(|(_, until)| live(*until))?;
        Some(value.clone())
    }

    fn remove(&mut self, key: &str) -> bool {
        let there = self.get(key).is_some();
        self.order.retain(|other| other != key);
        if let Some((_, Some(until))) = self.entries.remove(key) {
            self.old.insert(key.to_owned(), until);
        }
        there
    }

    fn pass(&mut self, by: Duration) {
        self.now = self.now.saturating_add(by);
    }
}
