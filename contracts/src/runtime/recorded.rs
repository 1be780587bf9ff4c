//! The recorder: an implementation of a contract that passes every call on and logs it.

use std::cmp::Ordering;
use std::error::Error;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use super::log::Log;

/// A subject whose calls are logged.
///
/// It implements every contract that its subject implements. A supertrait that is no contract itself, and that is not
/// one of `Debug`, `Display`, `Error`, `Clone`, `PartialEq`, `Eq`, `PartialOrd`, `Ord`, `Hash`, `Iterator`, `Any`, `Send`,
/// `Sync` or `Unpin`, has to be passed on by hand, which [`Recorded::subject`] is for.
pub struct Recorded<T: ?Sized> {
    log: Log,
    subject: Box<T>,
}

/// What suites find by the name of a contract: a recorder, and by its type the operations.
pub struct Contracted<R, O> {
    /// The recorder.
    pub recorder: R,
    operations: PhantomData<O>,
}

impl<R, O> Contracted<R, O> {
    /// A recorder of a contract with these operations.
    pub fn new(recorder: R) -> Self {
        Self {
            recorder,
            operations: PhantomData,
        }
    }
}

/// Stands for the operations of a contract that has none: one that is generic, or is built without checks.
#[derive(Clone, Copy, Debug)]
pub enum NoOperations {}

/// The operations of the contract whose recorder `make` makes.
pub const fn operations_of<T: ?Sized, R, O>(
    make: fn(Box<T>, Log) -> Contracted<R, O>,
) -> PhantomData<O> {
    let _ = make;
    PhantomData
}

/// Nothing implements it: it says what is wrong.
#[diagnostic::on_unimplemented(
    message = "the trait of this suite is not under contract",
    label = "has no `#[contract]`",
    note = "put `#[contract]` above the trait, or `#[contract(remote = path::Trait)]` above a copy of a foreign one"
)]
pub trait UnderContract {}

/// What a suite finds in the stead of a contract's recorder, where there is none.
pub fn not_under_contract<T: UnderContract + ?Sized, R>(
    _: Box<T>,
    _: Log,
) -> Contracted<R, NoOperations> {
    unreachable!("does not compile")
}

/// The same, for where that is said already.
pub fn no_operations<T: ?Sized>(_: Box<T>, _: Log) -> Contracted<(), NoOperations> {
    unreachable!("does not compile")
}

impl<T: ?Sized> Recorded<T> {
    #[doc(hidden)]
    pub fn new(subject: Box<T>, log: Log) -> Self {
        Self { log, subject }
    }

    /// What the calls are passed on to.
    pub fn subject(&self) -> &T {
        &self.subject
    }

    /// What the calls are passed on to.
    pub fn subject_mut(&mut self) -> &mut T {
        &mut self.subject
    }

    #[doc(hidden)]
    pub fn into_subject(self) -> Box<T> {
        self.subject
    }

    #[doc(hidden)]
    pub fn log(&self) -> &Log {
        &self.log
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Recorded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subject.fmt(f)
    }
}

impl<T: fmt::Display + ?Sized> fmt::Display for Recorded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subject.fmt(f)
    }
}

impl<T: Error + ?Sized> Error for Recorded<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.subject.source()
    }
}

impl<T: Clone> Clone for Recorded<T> {
    fn clone(&self) -> Self {
        Self {
            log: self.log.clone(),
            subject: self.subject.clone(),
        }
    }
}

impl<T: PartialEq + ?Sized> PartialEq for Recorded<T> {
    fn eq(&self, other: &Self) -> bool {
        self.subject == other.subject
    }
}

impl<T: Eq + ?Sized> Eq for Recorded<T> {}

impl<T: PartialOrd + ?Sized> PartialOrd for Recorded<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.subject.partial_cmp(&other.subject)
    }
}

impl<T: Ord + ?Sized> Ord for Recorded<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.subject.cmp(&other.subject)
    }
}

impl<T: Hash + ?Sized> Hash for Recorded<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.subject.hash(state);
    }
}

impl<T: Iterator + ?Sized> Iterator for Recorded<T> {
    type Item = T::Item;

    fn next(&mut self) -> Option<T::Item> {
        self.subject.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.subject.size_hint()
    }
}
