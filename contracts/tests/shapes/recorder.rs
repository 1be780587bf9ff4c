//! What the recorder writes down, which a report of a failure shows.

use std::future::Future;
use std::pin::Pin;

use contrait::{Conformance, backend, contract, contract_suite};

/// A type that cannot be shown.
pub struct Opaque;

/// All ways to be called.
#[contract]
#[async_trait::async_trait]
pub trait Called: Send + Sync {
    /// At once.
    fn now(&self, bytes: &[u8], opaque: Opaque) -> Option<u8>;
    /// Rewritten.
    async fn rewritten(&self, text: &str) -> Result<(), String>;
    /// Boxed by hand.
    fn boxed(&self) -> Pin<Box<dyn Future<Output = u8> + Send + '_>>;
    /// By a default that calls others.
    async fn by_default(&self) -> Option<u8> {
        self.now(b"inner", Opaque)
    }
    /// Panics.
    fn panics(&self);
}

/// Ways to be called that no object has.
#[contract]
#[expect(async_fn_in_trait, reason = "one of the shapes")]
pub trait Native: Sized {
    /// By the language.
    async fn native(&self, value: u8) -> u8;
    /// Promised.
    fn promised(&self) -> impl Future<Output = u8>;
    /// As one's own.
    fn own(&self, nth: u8) -> Result<Self, Opaque>;
    /// Never ends.
    async fn never(&self);
}

#[derive(Debug)]
struct One;

#[async_trait::async_trait]
impl Called for One {
    fn now(&self, bytes: &[u8], _: Opaque) -> Option<u8> {
        bytes.first().copied()
    }
    async fn rewritten(&self, text: &str) -> Result<(), String> {
        Err(text.to_owned())
    }
    fn boxed(&self) -> Pin<Box<dyn Future<Output = u8> + Send + '_>> {
        Box::pin(async { 1 })
    }
    fn panics(&self) {
        panic!("on purpose");
    }
}

impl Native for One {
    async fn native(&self, value: u8) -> u8 {
        value
    }
    async fn promised(&self) -> u8 {
        3
    }
    fn own(&self, _: u8) -> Result<Self, Opaque> {
        Ok(Self)
    }
    async fn never(&self) {
        std::future::pending::<()>().await;
    }
}

/// Cases that fail, so that they are reported.
#[contract_suite(Called)]
pub mod called {
    use super::*;

    /// All are written down.
    #[case]
    async fn all(called: &dyn Called) {
        called.now(b"k\0", Opaque);
        let _ = called.rewritten("why").await;
        called.boxed().await;
        called.by_default().await;
        called.panics();
    }
}

/// Cases that fail, so that they are reported.
#[contract_suite(Native)]
pub mod native {
    use super::*;

    /// All are written down.
    #[case(timeout = "50ms")]
    async fn all(a: &impl Native, other: &impl Native) {
        a.native(2).await;
        other.promised().await;
        drop(a.promised());
        a.never().await;
    }

    /// What makes another one hands on the log.
    #[case]
    fn own(a: &impl Native) {
        let made = a
            .own(1)
            .and_then(|own| own.own(2))
            .and_then(|own| own.own(3));
        assert!(made.is_err(), "to be reported");
    }
}

#[backend(called, tests = false)]
fn one() -> One {
    One
}

#[backend(native, tests = false)]
fn native_one() -> One {
    One
}

fn operations(conformance: &Conformance, case: &str) -> Vec<String> {
    let operations = conformance.run(case).operations.into_iter();
    let text = |operation: contrait::report::Operation| {
        let outcome = operation.outcome.unwrap_or_default();
        format!("{}.{} -> {outcome}", operation.handle, operation.call)
    };
    operations.map(text).collect()
}

#[test]
fn every_call_is_written_down() {
    assert_eq!(
        operations(&one::conformance(), "all"),
        [
            r#"called.now(b"k\x00", <shapes::recorder::Opaque>) -> Some(107)"#,
            r#"called.rewritten("why") -> Err("why")"#,
            "called.boxed() -> 1",
            "called.by_default() -> Some(105)",
            "called.panics() -> panicked",
        ]
    );
}

#[test]
fn a_call_that_did_not_return_says_so() {
    assert_eq!(
        operations(&native_one::conformance(), "all"),
        [
            "a.native(2) -> 2",
            "other.promised() -> 3",
            "a.promised() -> dropped before it returned",
            "a.never() -> dropped before it returned",
        ]
    );
}

#[test]
fn what_a_subject_makes_of_itself_is_recorded_as_well() {
    let operations = operations(&native_one::conformance(), "own");
    assert_eq!(operations.len(), 3, "{operations:?}");
    assert!(operations[2].starts_with("a.own(3) -> <"), "{operations:?}");
}
