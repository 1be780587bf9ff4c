//! Contracts without anything to await: their clients run on threads, or have their turns where they cannot.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use contrait::check::Model;
use contrait::report::Outcome;
use contrait::{backend, contract, contract_suite};

/// Counts by name.
#[contract]
pub(crate) trait Counts: Send + Sync {
    fn hit(&self, #[key] name: &str) -> u32;
    #[read]
    fn hits(&self, #[key] name: &str) -> u32;
}

/// A model without `Eq` and `Hash`, which is told apart by its text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told(BTreeMap<String, f64>);

impl Model for Told {}

/// A sync contract is implemented by its model itself, which has to be what the contract asks for.
#[derive(Debug, Default)]
pub(crate) struct CountsModel(Mutex<Told>);

impl Clone for CountsModel {
    fn clone(&self) -> Self {
        Self(Mutex::new(self.told().clone()))
    }
}

impl CountsModel {
    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Model for CountsModel {}

impl Counts for CountsModel {
    fn hit(&self, name: &str) -> u32 {
        let mut told = self.told();
        let hits = told.0.entry(name.to_owned()).or_default();
        *hits += 1.0;
        *hits as u32
    }

    fn hits(&self, name: &str) -> u32 {
        self.told().0.get(name).copied().unwrap_or_default() as u32
    }
}

#[contract_suite(Counts, model = |_| CountsModel::default())]
pub(crate) mod suite {
    use super::*;

    /// A hit counts.
    #[case]
    fn hits_count(counts: &dyn Counts) {
        assert_eq!(
            (counts.hit("a"), counts.hits("a"), counts.hits("b")),
            (1, 1, 0)
        );
    }
}

#[backend(suite)]
fn locked() -> CountsModel {
    CountsModel::default()
}

/// Counts all names together, without a lock.
#[derive(Default)]
struct Racy(AtomicU32);

impl Counts for Racy {
    fn hit(&self, _: &str) -> u32 {
        let hits = self.0.load(Ordering::SeqCst) + 1;
        std::thread::yield_now();
        self.0.store(hits, Ordering::SeqCst);
        hits
    }

    fn hits(&self, _: &str) -> u32 {
        self.0.load(Ordering::SeqCst)
    }
}

#[backend(suite, tests = false)]
fn racy() -> Racy {
    Racy::default()
}

#[test]
fn threads_lose_an_update() {
    let record = racy::conformance().run("generated::linearizable");
    let reason = record.reason.clone().unwrap_or_default();
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    assert!(reason.starts_with("not linearizable on "), "{record}");
}
