//! What each check says when it finds something: one small contract, and implementations that are wrong in one way each.
//!
//! In a project these are tests: `forgetful::generated::lockstep`, and so on. Here each check is run by name, and what it
//! says is printed.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use async_trait::async_trait;
use contrait::check::{Model, Verified};
use contrait::report::Outcome;
use contrait::{Conformance, backend, contract, contract_suite};
use tokio::sync::Mutex;

/// Counters by name.
#[contract]
#[async_trait]
trait Counters: Send + Sync {
    /// Adds to a counter, which is 0 until then, and says what it has come to.
    async fn add(&self, #[key] name: &str, by: u8) -> u64;
    /// What a counter has come to; nothing for one that nobody has added to.
    #[read]
    async fn value(&self, #[key] name: &str) -> Option<u64>;
    /// Gives a counter up, and says whether it was there.
    async fn remove(&self, #[key] name: &str) -> bool;
}

/// The contract as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Counts(BTreeMap<String, u64>);

impl Model for Counts {}

impl CountersModel for Counts {
    fn add(&mut self, name: &str, by: u8) -> u64 {
        let count = self.0.entry(name.to_owned()).or_default();
        *count += u64::from(by);
        *count
    }

    fn value(&mut self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    fn remove(&mut self, name: &str) -> bool {
        self.0.remove(name).is_some()
    }
}

/// A suite that says too little.
#[contract_suite(Counters, model = |_| Counts::default())]
mod suite {
    use super::*;

    /// What was added is there.
    #[case]
    async fn counts(counters: &dyn Counters) {
        assert_eq!(counters.add("a", 2).await, 2);
        assert_eq!(counters.value("a").await, Some(2));
    }
}

/// What is wrong with an implementation.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Flaw {
    #[default]
    Nothing,
    /// A counter at 0 looks like one that is not there.
    ZeroIsNothing,
    /// Reads and writes in two steps.
    Races,
    /// Takes a counter away, then puts it back: a call that is dropped between loses it.
    Tears,
}

#[derive(Default)]
struct InMemory {
    flaw: Flaw,
    counts: Mutex<Counts>,
}

impl InMemory {
    fn with(flaw: Flaw) -> Self {
        Self {
            flaw,
            ..Self::default()
        }
    }
}

#[async_trait]
impl Counters for InMemory {
    async fn add(&self, name: &str, by: u8) -> u64 {
        match self.flaw {
            Flaw::Races => {
                let before = self.counts.lock().await.value(name).unwrap_or(0);
                let sum = before + u64::from(by);
                self.counts.lock().await.0.insert(name.to_owned(), sum);
                sum
            }
            Flaw::Tears => {
                let before = self.counts.lock().await.0.remove(name).unwrap_or(0);
                let sum = before + u64::from(by);
                self.counts.lock().await.0.insert(name.to_owned(), sum);
                sum
            }
            _ => self.counts.lock().await.add(name, by),
        }
    }

    async fn value(&self, name: &str) -> Option<u64> {
        let value = self.counts.lock().await.value(name);
        value.filter(|value| *value > 0 || self.flaw != Flaw::ZeroIsNothing)
    }

    async fn remove(&self, name: &str) -> bool {
        self.counts.lock().await.remove(name)
    }
}

#[backend(suite, clock = virtual, tests = false, reference, coverage)]
fn right() -> InMemory {
    InMemory::default()
}

#[backend(suite, clock = virtual, tests = false)]
fn forgetful() -> InMemory {
    InMemory::with(Flaw::ZeroIsNothing)
}

#[backend(suite, clock = virtual, tests = false)]
fn racing() -> InMemory {
    InMemory::with(Flaw::Races)
}

#[backend(suite, clock = virtual, tests = false)]
fn tearing() -> InMemory {
    InMemory::with(Flaw::Tears)
}

/// Answers what somebody told it to.
struct Mock;

#[async_trait]
impl Counters for Mock {
    async fn add(&self, _: &str, by: u8) -> u64 {
        u64::from(by)
    }

    async fn value(&self, _: &str) -> Option<u64> {
        Some(7)
    }

    async fn remove(&self, _: &str) -> bool {
        true
    }
}

fn main() {
    show(&forgetful::conformance(), "generated::lockstep");
    show(&racing::conformance(), "generated::linearizable");
    show(&tearing::conformance(), "generated::cancellation");
    show(
        &right::conformance(),
        "strength::suite_kills_every_saboteur",
    );
    show(&right::conformance(), "coverage::suite_sees_every_answer");
    show_a_mock_that_lies();
}

/// Prints what a check says.
fn show(backend: &Conformance, check: &str) {
    let record = backend.run(check);
    assert_eq!(record.outcome, Outcome::Failed, "{record}");
    print(&record);
}

/// A mock's answer that no implementation could give.
fn show_a_mock_that_lies() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let mocked = Verified::<CountersOperation>::new(Counts::default()).around(Box::new(Mock));
    let told = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            mocked.add("a", 2).await;
            mocked.value("a").await
        })
    }));
    let lie = told.expect_err("it was added to once");
    print(&lie.downcast_ref::<String>().expect("a message"));
    // It is said once more where it is dropped, for those who lost the panic.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(mocked)));
}

#[expect(clippy::print_stdout, reason = "an example shows something")]
fn print(what: &dyn std::fmt::Display) {
    println!("{what}\n");
}
