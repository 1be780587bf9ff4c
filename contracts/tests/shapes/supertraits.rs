//! Traits that ask for others.

use std::fmt::{self, Debug, Display};
use std::sync::Arc;

use contrait::{backend, contract, contract_suite};

/// A contract that others build on.
#[contract]
pub trait Named {
    /// The name.
    fn name(&self) -> String;
}

/// Asks for all that is asked for most.
#[contract]
pub trait Full: Named + Debug + Display + Send + Sync + 'static {
    /// The name with its type.
    fn full_name(&self) -> String {
        format!("{}: {self:?}", self.name())
    }
}

#[derive(Debug, Clone)]
struct Person(&'static str);

impl Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Named for Person {
    fn name(&self) -> String {
        self.0.to_owned()
    }
}

impl Full for Person {}

/// What a full one owes.
#[contract_suite(Full)]
pub mod full {
    use super::*;

    fn is_shared<T: Send + Sync + 'static + ?Sized>(_: &T) {}

    /// All that is asked for is there.
    #[case]
    fn is_full(full: &dyn Full) {
        is_shared(full);
        assert_eq!(full.to_string(), full.name());
        assert_eq!(full.full_name(), r#"Ada: Person("Ada")"#);
    }
}

/// The part that builds on nothing.
#[contract_suite(Named)]
pub mod named {
    use super::*;

    /// There is a name.
    #[case]
    fn has_a_name(named: &dyn Named) {
        assert!(!named.name().is_empty());
    }
}

#[backend(full, named)]
fn person() -> Person {
    Person("Ada")
}

#[backend(full, named)]
fn boxed_person() -> Box<dyn Full> {
    Box::new(person())
}

#[backend(full, named)]
fn counted_person() -> Arc<dyn Full> {
    Arc::new(person())
}

#[backend(full)]
fn borrowed_person() -> &'static Person {
    &Person("Ada")
}

/// An error is a trait as others are.
#[contract]
pub trait Kind: std::error::Error {
    /// Whether to try again.
    fn is_transient(&self) -> bool;
}

impl Kind for fmt::Error {
    fn is_transient(&self) -> bool {
        false
    }
}

/// What errors owe.
#[contract_suite(Kind)]
pub mod kind {
    use super::*;

    /// What is wrong stays wrong.
    #[case]
    fn is_permanent(kind: &dyn Kind) {
        assert!(!kind.is_transient());
        assert!(kind.source().is_none());
    }
}

#[backend(kind)]
fn error() -> fmt::Error {
    fmt::Error
}

/// What can be compared, counted and copied.
#[contract]
pub trait Comparable: Clone + Ord + std::hash::Hash + Iterator<Item = u8> {
    /// Whether it is at its end.
    fn is_done(&self) -> bool;
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Countdown(u8);

impl Iterator for Countdown {
    type Item = u8;
    fn next(&mut self) -> Option<u8> {
        self.0 = self.0.checked_sub(1)?;
        Some(self.0)
    }
}

impl Comparable for Countdown {
    fn is_done(&self) -> bool {
        self.0 == 0
    }
}

/// What the comparable owe.
#[contract_suite(Comparable)]
pub mod comparable {
    use super::*;

    /// It is done when it has given all.
    #[case]
    fn is_done(comparable: &impl Comparable) {
        let mut copy = comparable.clone();
        assert!(copy == *comparable && !copy.is_done());
        assert_eq!(copy.by_ref().count(), 2);
        assert!(copy.is_done() && copy < *comparable);
    }
}

#[backend(comparable)]
fn countdown() -> Countdown {
    Countdown(2)
}
