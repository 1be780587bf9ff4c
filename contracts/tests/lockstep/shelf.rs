//! A contract with a model, and implementations of it with one planted bug each.

use std::collections::BTreeMap;
use std::time::Duration;

use contrait::check::Model;
use contrait::check::lockstep::{Failure, Lockstep, Pair, Passed};
use contrait::contract;
use tokio::time::Instant;

#[contract]
pub(crate) trait Shelf {
    fn put(&mut self, #[key] key: &str, value: &[u8], #[ttl] ttl: Option<Duration>);
    #[read]
    fn get(&self, #[key] key: &str) -> Option<Vec<u8>>;
    fn remove(&mut self, #[key] key: &str) -> bool;
    fn append(&mut self, #[key] key: &str, more: &[u8]) -> usize;
    #[read]
    fn count(&self) -> usize;
}

type Entries<T> = BTreeMap<String, (Vec<u8>, Option<T>)>;

#[derive(Clone, Debug, Default)]
pub(crate) struct ShelfModel {
    now: Duration,
    entries: Entries<Duration>,
}

impl Model for ShelfModel {
    fn advance(&mut self, by: Duration) {
        self.now = self.now.saturating_add(by);
        let now = self.now;
        self.entries
            .retain(|_, (_, until)| until.is_none_or(|until| now < until));
    }
}

impl Shelf for ShelfModel {
    fn put(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        if ttl == Some(Duration::ZERO) {
            self.entries.remove(key);
            return;
        }
        let until = ttl.map(|ttl| self.now.saturating_add(ttl));
        self.entries.insert(key.to_owned(), (value.to_vec(), until));
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.entries.get(key).map(|(value, _)| value.clone())
    }

    fn remove(&mut self, key: &str) -> bool {
        self.entries.remove(key).is_some()
    }

    fn append(&mut self, key: &str, more: &[u8]) -> usize {
        let (value, _) = self.entries.entry(key.to_owned()).or_default();
        value.extend_from_slice(more);
        value.len()
    }

    fn count(&self) -> usize {
        self.entries.len()
    }
}

/// What is wrong with an implementation, and in how few steps it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    Nothing,
    /// `put(ttl) put(none) pass get`
    OverwritingKeepsTheTime,
    /// `put(ttl) remove put(none) pass get`
    RemovingKeepsTheTime,
    /// Seventeen entries, and a look at what has gone.
    SixteenEntries,
    /// `put("") get`
    EmptyIsNothing,
    /// `append append`
    AppendingPanics,
}

impl Bug {
    pub(crate) const PLANTED: [(Self, usize); 5] = [
        (Self::OverwritingKeepsTheTime, 4),
        (Self::RemovingKeepsTheTime, 5),
        (Self::SixteenEntries, 18),
        (Self::EmptyIsNothing, 2),
        (Self::AppendingPanics, 2),
    ];
}

/// An implementation on tokio's clock.
pub(crate) struct Planted {
    bug: Bug,
    entries: Entries<Instant>,
    /// Times of entries that are there no longer.
    old: BTreeMap<String, Instant>,
    order: Vec<String>,
}

impl Planted {
    pub(crate) fn new(bug: Bug) -> Self {
        Self {
            bug,
            entries: BTreeMap::new(),
            old: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    fn live(&self, key: &str) -> Option<&(Vec<u8>, Option<Instant>)> {
        let now = Instant::now();
        self.entries
            .get(key)
            .filter(|(_, until)| until.is_none_or(|until| now < until))
    }
}

impl Shelf for Planted {
    fn put(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let before = self.live(key).and_then(|(_, until)| *until);
        if ttl == Some(Duration::ZERO) {
            self.entries.remove(key);
            return;
        }
        let mut until = ttl.and_then(|ttl| Instant::now().checked_add(ttl));
        if ttl.is_none() && self.bug == Bug::OverwritingKeepsTheTime {
            until = before;
        }
        if ttl.is_none() && self.bug == Bug::RemovingKeepsTheTime {
            until = self.old.remove(key);
        }
        self.entries.insert(key.to_owned(), (value.to_vec(), until));
        self.order.retain(|other| other != key);
        self.order.push(key.to_owned());
        if self.bug == Bug::SixteenEntries && self.order.len() > 16 {
            let first = self.order.remove(0);
            self.entries.remove(&first);
        }
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let value = self.live(key).map(|(value, _)| value.clone());
        value.filter(|value| !(value.is_empty() && self.bug == Bug::EmptyIsNothing))
    }

    fn remove(&mut self, key: &str) -> bool {
        let there = self.live(key).is_some();
        self.order.retain(|other| other != key);
        if let Some((_, Some(until))) = self.entries.remove(key).filter(|_| there) {
            self.old.insert(key.to_owned(), until);
        }
        there
    }

    fn append(&mut self, key: &str, more: &[u8]) -> usize {
        match self.live(key).cloned() {
            Some((mut value, until)) => {
                assert!(self.bug != Bug::AppendingPanics, "no room to append");
                value.extend_from_slice(more);
                let length = value.len();
                self.entries.insert(key.to_owned(), (value, until));
                length
            }
            None => {
                self.put(key, more, None);
                more.len()
            }
        }
    }

    fn count(&self) -> usize {
        let now = Instant::now();
        let live = |(_, until): &&(Vec<u8>, Option<Instant>)| until.is_none_or(|until| now < until);
        self.entries.values().filter(live).count()
    }
}

/// Runs `check` on an implementation with `bug`, on a paused clock.
pub(crate) fn run(check: Lockstep, bug: Bug) -> Result<Passed, Box<Failure<ShelfOperation>>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let make = async || Ok(Planted::new(bug));
        let mut pair = Pair::paused(make, |_: &Planted| ShelfModel::default());
        check.check(&mut pair, &[]).await
    })
}
