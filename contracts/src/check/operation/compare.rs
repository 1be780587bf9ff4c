//! Whether two answers are the same, and by what that is told.
//!
//! A contract binds no result to `PartialEq`, so the best way to compare is chosen where the type is known, by which of
//! three traits a method call finds first: the call is `(&&&Compare(a, b)).compare()`.

use std::fmt::Debug;

/// Whether two answers are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Whether they are.
    pub same: bool,
    /// By what that is told.
    pub by: By,
}

/// What two answers are compared by, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// `PartialEq`, or a function that the contract names.
    Value,
    /// The kind of the error.
    Kind,
    /// The text of `Debug`, since there is no `PartialEq`.
    Text,
    /// Nothing: there is neither.
    Nothing,
}

impl Comparison {
    /// Told by `by`.
    pub fn new(same: bool, by: By) -> Self {
        Self { same, by }
    }

    /// They differ in kind: `Ok` and `Err`, or the answers of two methods.
    pub fn different() -> Self {
        Self::new(false, By::Value)
    }
}

/// Two values that are to be compared.
pub struct Compare<'a, T: ?Sized>(pub &'a T, pub &'a T);

/// Those with `PartialEq`.
pub trait CompareValue {
    /// Whether they are the same.
    fn compare(&self) -> Comparison;
}

/// Those with `Debug`.
pub trait CompareText {
    /// Whether they are the same.
    fn compare(&self) -> Comparison;
}

/// All others.
pub trait CompareNothing {
    /// Whether they are the same: nobody can tell that they are not.
    fn compare(&self) -> Comparison;
}

impl<T: PartialEq + ?Sized> CompareValue for &&Compare<'_, T> {
    fn compare(&self) -> Comparison {
        Comparison::new(self.0 == self.1, By::Value)
    }
}

impl<T: Debug + ?Sized> CompareText for &Compare<'_, T> {
    fn compare(&self) -> Comparison {
        let (one, other) = (format!("{:?}", self.0), format!("{:?}", self.1));
        Comparison::new(one == other, By::Text)
    }
}

impl<T: ?Sized> CompareNothing for Compare<'_, T> {
    fn compare(&self) -> Comparison {
        Comparison::new(true, By::Nothing)
    }
}
