//! How a method takes its subject, and which pointers can therefore stand for one.

use std::sync::Arc;

use contrait::{backend, contract, contract_suite};

/// Reads alone.
#[contract]
pub trait Shared {
    /// The length.
    fn len(&self) -> usize;
    /// Whether there is nothing.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Shared for String {
    fn len(&self) -> usize {
        String::len(self)
    }
}

/// What reads owe.
#[contract_suite(Shared)]
pub mod shared {
    use super::*;

    /// A length is that of the text.
    #[case]
    fn has_a_length(shared: &dyn Shared) {
        assert_eq!(shared.len(), 4);
        assert!(!shared.is_empty());
    }
}

#[backend(shared)]
fn owned() -> String {
    "four".to_owned()
}

#[backend(shared)]
fn referenced() -> &'static String {
    Box::leak(Box::new(owned()))
}

#[backend(shared)]
fn boxed() -> Box<dyn Shared> {
    Box::new(owned())
}

#[backend(shared)]
fn counted() -> Arc<dyn Shared> {
    Arc::new(owned())
}

/// Reads and writes.
#[contract]
pub trait Exclusive {
    /// Adds to it.
    fn push(&mut self, text: &str);
    /// How much there is.
    fn count(&self) -> usize;
}

impl Exclusive for Vec<String> {
    fn push(&mut self, text: &str) {
        Vec::push(self, text.to_owned());
    }
    fn count(&self) -> usize {
        self.len()
    }
}

/// What writes owe.
#[contract_suite(Exclusive)]
pub mod exclusive {
    use super::*;

    /// What is pushed is counted.
    #[case]
    fn counts(mut_handle: &mut dyn Exclusive, other: &mut dyn Exclusive) {
        mut_handle.push("a");
        mut_handle.push("b");
        other.push("c");
        assert_eq!((mut_handle.count(), other.count()), (2, 1));
    }

    /// Nothing is there at first.
    #[case]
    fn is_empty_at_first(handle: &dyn Exclusive) {
        assert_eq!(handle.count(), 0);
    }
}

#[backend(exclusive)]
fn vec() -> Vec<String> {
    Vec::new()
}

#[backend(exclusive)]
fn boxed_vec() -> Box<dyn Exclusive> {
    Box::new(vec())
}

/// Is used up.
#[contract]
pub trait Spent {
    /// Ends it.
    fn spend(self: Box<Self>) -> usize;
    /// What is left, which ending it would tell.
    fn left(&self) -> usize;
}

impl Spent for u8 {
    fn spend(self: Box<Self>) -> usize {
        usize::from(*self)
    }
    fn left(&self) -> usize {
        usize::from(*self)
    }
}

/// What is used up.
#[contract_suite(Spent)]
pub mod spent {
    use super::*;

    /// There are three.
    #[case]
    fn three_are_left(spent: &dyn Spent) {
        assert_eq!(spent.left(), 3);
    }
}

#[backend(spent)]
fn byte() -> u8 {
    3
}

#[backend(spent)]
fn boxed_byte() -> Box<dyn Spent> {
    Box::new(3_u8)
}

#[test]
fn a_box_passes_itself_on() {
    let boxed: Box<dyn Spent> = Box::new(Box::new(3_u8));
    assert_eq!(boxed.spend(), 3);
}

/// Is used up by value.
#[contract]
pub trait Consumed: Clone {
    /// Turns it into a number.
    fn consume(self) -> usize;
    /// Turns two into one.
    fn join(self, other: Self) -> Self;
}

impl Consumed for String {
    fn consume(self) -> usize {
        self.len()
    }
    fn join(self, other: Self) -> Self {
        self + &other
    }
}

/// What is used up by value.
#[contract_suite(Consumed)]
pub mod consumed {
    use super::*;

    /// Both lengths are in the sum.
    #[case]
    fn joins(a: &impl Consumed) {
        let whole = a.clone().join(a.clone());
        assert_eq!(whole.consume(), 2 * a.clone().consume());
    }
}

#[backend(consumed)]
fn text() -> String {
    "four".to_owned()
}
