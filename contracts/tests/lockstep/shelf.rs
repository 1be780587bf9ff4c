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

/// What is wrong with an implementation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    Nothing,
    /// `put(ttl) put(none) pass get`
    OverwritingKeepsTheTime,
    /// `put(ttl) remove put(none) pass get`
    RemovingKeepsTheTime,
    /// `put(ttl) append pass get`
    AppendingLosesTheTime,
    /// `put(ttl) pass append pass get`
    AppendingRenewsTheTime,
    /// `put(ttl) pass get`
    FiveMillisecondsLate,
    /// `put(zero) get`
    ZeroIsForEver,
    /// `put(ttl) pass count`
    WhatExpiredCounts,
    /// Seventeen entries, and a look at what has gone.
    SixteenEntries,
    /// `put("") get`
    EmptyIsNothing,
    /// `append append`
    AppendingPanics,
    /// `append append`
    AppendingLosesTheFirst,
    /// `put put get`
    ReadsAreStale,
    /// `put(64 bytes) get`
    LongValuesAreTorn,
    /// `put("A") get("a")`
    KeysIgnoreCase,
    /// `put("a:") remove("a") get("a:")`
    RemovingTakesWhatBeginsSo,
}

impl Bug {
    /// With the number of steps that show each.
    pub(crate) const PLANTED: [(Self, usize); 15] = [
        (Self::OverwritingKeepsTheTime, 4),
        (Self::RemovingKeepsTheTime, 5),
        (Self::AppendingLosesTheTime, 4),
        (Self::AppendingRenewsTheTime, 5),
        (Self::FiveMillisecondsLate, 3),
        (Self::ZeroIsForEver, 2),
        (Self::WhatExpiredCounts, 3),
        (Self::SixteenEntries, 18),
        (Self::EmptyIsNothing, 2),
        (Self::AppendingPanics, 2),
        (Self::AppendingLosesTheFirst, 2),
        (Self::ReadsAreStale, 3),
        (Self::LongValuesAreTorn, 2),
        (Self::KeysIgnoreCase, 2),
        (Self::RemovingTakesWhatBeginsSo, 3),
    ];
}

/// An implementation on tokio's clock, wrong in one way.
pub(crate) struct Planted {
    bug: Bug,
    entries: Entries<Instant>,
    /// Values before the last `put`, until they have been read.
    before: BTreeMap<String, Vec<u8>>,
    /// Times of entries that are there no longer.
    old: BTreeMap<String, Instant>,
    /// What the last `put` was told.
    ttls: BTreeMap<String, Duration>,
    order: Vec<String>,
}

impl Planted {
    pub(crate) fn new(bug: Bug) -> Self {
        Self {
            bug,
            entries: BTreeMap::new(),
            before: BTreeMap::new(),
            old: BTreeMap::new(),
            ttls: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    fn is(&self, bug: Bug) -> bool {
        self.bug == bug
    }

    fn name(&self, key: &str) -> String {
        if self.is(Bug::KeysIgnoreCase) {
            key.to_lowercase()
        } else {
            key.to_owned()
        }
    }

    fn live(&self, key: &str) -> Option<&(Vec<u8>, Option<Instant>)> {
        let now = Instant::now();
        self.entries
            .get(key)
            .filter(|(_, until)| until.is_none_or(|until| now < until))
    }

    fn until(&mut self, key: &str, ttl: Option<Duration>) -> Option<Instant> {
        let late = if self.is(Bug::FiveMillisecondsLate) {
            5
        } else {
            0
        };
        let Some(ttl) = ttl else {
            return match self.bug {
                Bug::OverwritingKeepsTheTime => self.live(key).and_then(|(_, until)| *until),
                Bug::RemovingKeepsTheTime => self.old.remove(key),
                _ => None,
            };
        };
        Instant::now().checked_add(ttl.saturating_add(Duration::from_millis(late)))
    }

    fn evict(&mut self, key: &str) {
        self.order.retain(|other| other != key);
        self.order.push(key.to_owned());
        if self.is(Bug::SixteenEntries) && self.order.len() > 16 {
            let first = self.order.remove(0);
            self.entries.remove(&first);
        }
    }
}

impl Shelf for Planted {
    fn put(&mut self, key: &str, value: &[u8], ttl: Option<Duration>) {
        let key = self.name(key);
        if ttl == Some(Duration::ZERO) && !self.is(Bug::ZeroIsForEver) {
            self.entries.remove(&key);
            return;
        }
        if let Some(ttl) = ttl {
            self.ttls.insert(key.clone(), ttl);
        }
        let until = self.until(&key, ttl.filter(|ttl| !ttl.is_zero()));
        let mut value = value.to_vec();
        if self.is(Bug::LongValuesAreTorn) {
            value.truncate(63);
        }
        if let Some((old, _)) = self.live(&key).cloned() {
            self.before.insert(key.clone(), old);
        }
        self.entries.insert(key.clone(), (value, until));
        self.evict(&key);
    }

    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let key = self.name(key);
        let value = self.live(&key).map(|(value, _)| value.clone())?;
        match self.bug {
            Bug::EmptyIsNothing if value.is_empty() => None,
            Bug::ReadsAreStale => Some(self.before.get(&key).cloned().unwrap_or(value)),
            _ => Some(value),
        }
    }

    fn remove(&mut self, key: &str) -> bool {
        let key = self.name(key);
        let there = self.live(&key).is_some();
        self.before.remove(&key);
        self.order.retain(|other| *other != key);
        if let Some((_, Some(until))) = self.entries.remove(&key).filter(|_| there) {
            self.old.insert(key.clone(), until);
        }
        if self.is(Bug::RemovingTakesWhatBeginsSo) {
            self.entries.retain(|other, _| !other.starts_with(&key));
        }
        there
    }

    fn append(&mut self, key: &str, more: &[u8]) -> usize {
        let key = self.name(key);
        let Some((mut value, mut until)) = self.live(&key).cloned() else {
            self.put(&key, more, None);
            return more.len();
        };
        assert!(!self.is(Bug::AppendingPanics), "no room to append");
        match self.bug {
            Bug::AppendingLosesTheFirst => value.clear(),
            Bug::AppendingLosesTheTime => until = None,
            Bug::AppendingRenewsTheTime => {
                until = until.and_then(|_| Instant::now().checked_add(self.ttls[&key]));
            }
            _ => {}
        }
        self.before.remove(&key);
        value.extend_from_slice(more);
        let length = value.len();
        self.entries.insert(key, (value, until));
        length
    }

    fn count(&self) -> usize {
        let now = Instant::now();
        let live = |(_, until): &&(Vec<u8>, Option<Instant>)| until.is_none_or(|until| now < until);
        match self.bug {
            Bug::WhatExpiredCounts => self.entries.len(),
            _ => self.entries.values().filter(live).count(),
        }
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
