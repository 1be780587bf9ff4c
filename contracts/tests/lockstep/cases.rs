//! Lockstep as a case of a suite: for sync and async contracts, objects or not, and with what a backend lacks.

use std::collections::BTreeMap;

use async_trait::async_trait;
use contrait::check::Model;
use contrait::report::Outcome;
use contrait::{backend, contract, contract_suite};

/// A contract that cannot be a trait object.
#[contract]
pub(crate) trait Counter {
    async fn add(&self, #[key] name: &str, by: u32) -> Result<u64, String>;
    #[read]
    async fn value(&self, #[key] name: &str) -> Option<u64>;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(BTreeMap<String, u64>);

impl Model for Counts {}

impl CounterModel for Counts {
    fn add(&mut self, name: &str, by: u32) -> Result<u64, String> {
        if by == u32::MAX {
            return Err("too much".to_owned());
        }
        let count = self.0.entry(name.to_owned()).or_default();
        *count += u64::from(by);
        Ok(*count)
    }

    fn value(&mut self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }
}

#[contract_suite(Counter, model = |_| Counts::default())]
pub(crate) mod suite {
    use super::*;

    /// What was added is there.
    #[case]
    async fn counts(counter: &impl Counter) {
        assert_eq!(counter.add("a", 2).await, Ok(2));
    }
}

#[derive(Default)]
pub(crate) struct Mutexed {
    counts: tokio::sync::Mutex<Counts>,
    /// Said otherwise, which is the same kind of error.
    message: &'static str,
    forgets: bool,
}

impl Counter for Mutexed {
    async fn add(&self, name: &str, by: u32) -> Result<u64, String> {
        let mut counts = self.counts.lock().await;
        let added = CounterModel::add(&mut *counts, name, by);
        if self.forgets && added == Ok(3) {
            counts.0.clear();
        }
        added.map_err(|_| self.message.to_owned())
    }

    async fn value(&self, name: &str) -> Option<u64> {
        self.counts.lock().await.value(name)
    }
}

#[backend(suite)]
fn mutexed() -> Mutexed {
    Mutexed::default()
}

#[backend(suite, tests = false)]
async fn forgetful() -> Mutexed {
    Mutexed {
        forgets: true,
        ..Mutexed::default()
    }
}

#[backend(suite, tests = false, lacks(lockstep = "it forgets"))]
async fn honest() -> Mutexed {
    forgetful().await
}

/// An async object, whose subject has a runtime of its own.
#[contract]
#[async_trait]
pub(crate) trait Switch: Send + Sync {
    async fn set(&self, on: bool);
    #[read]
    async fn is_on(&self) -> bool;
}

#[derive(Clone, Debug, Default)]
pub(crate) struct On(bool);

impl Model for On {}

impl SwitchModel for On {
    fn set(&mut self, on: bool) {
        self.0 = on;
    }

    fn is_on(&mut self) -> bool {
        self.0
    }
}

#[contract_suite(Switch, model = |_| On::default())]
pub(crate) mod switch {
    use super::*;

    /// A switch begins off.
    #[case]
    async fn begins_off(switch: &dyn Switch) {
        assert!(!switch.is_on().await);
    }
}

#[derive(Default)]
pub(crate) struct Stuck {
    on: std::sync::atomic::AtomicBool,
    never_answers: bool,
}

#[async_trait]
impl Switch for Stuck {
    async fn set(&self, on: bool) {
        self.on.store(on, std::sync::atomic::Ordering::SeqCst);
    }

    async fn is_on(&self) -> bool {
        let on = self.on.load(std::sync::atomic::Ordering::SeqCst);
        if on && self.never_answers {
            std::future::pending::<()>().await;
        }
        on
    }
}

#[backend(switch, clock = virtual)]
fn atomic() -> Stuck {
    Stuck::default()
}

#[backend(switch, clock = virtual, tests = false)]
fn stuck() -> Stuck {
    Stuck {
        never_answers: true,
        ..Stuck::default()
    }
}

/// A contract with a method that nobody can call.
#[contract]
pub(crate) trait Opaque {
    fn take(&mut self, what: std::num::NonZeroU8) -> bool;
}

#[derive(Clone, Debug)]
pub(crate) struct Nothing;

impl Model for Nothing {}

impl Opaque for Nothing {
    fn take(&mut self, _: std::num::NonZeroU8) -> bool {
        false
    }
}

#[contract_suite(Opaque, model = |_| Nothing)]
pub(crate) mod opaque {
    use super::*;

    /// Nothing is taken.
    #[case]
    fn takes_nothing(opaque: &mut dyn Opaque) {
        assert!(!opaque.take(std::num::NonZeroU8::MIN));
    }
}

#[backend(opaque, tests = false)]
fn nothing() -> Nothing {
    Nothing
}

#[test]
fn a_difference_is_a_failed_case() {
    let record = forgetful::conformance()
        .with_seed(1)
        .run("generated::lockstep");
    assert_eq!(record.outcome, Outcome::Failed);
    let reason = record.reason.unwrap();
    assert!(
        reason.contains("answers otherwise than the model"),
        "{reason}"
    );
    assert!(
        reason.contains("#[case]\nasync fn found_by_lockstep(subject: &impl Counter) {"),
        "{reason}"
    );
    assert!(record.operations.is_empty());
}

#[test]
fn a_backend_can_lack_the_check() {
    let record = honest::conformance()
        .with_seed(1)
        .run("generated::lockstep");
    assert_eq!(record.outcome, Outcome::Lacking);
}

#[test]
fn what_never_answers_is_a_difference() {
    let record = stuck::conformance().run("generated::lockstep");
    let reason = record.reason.unwrap();
    assert!(reason.contains("never answered"), "{reason}");
}

#[test]
fn what_cannot_be_called_is_named_with_the_remedy() {
    let record = nothing::conformance().run("generated::lockstep");
    assert_eq!(record.outcome, Outcome::Failed);
    let reason = record.reason.unwrap();
    assert!(
        reason.contains("`Opaque::take`: nobody knows how to generate `what: std::num::NonZeroU8`"),
        "{reason}"
    );
    assert!(reason.contains("#[strategy(…)]"), "{reason}");
}
