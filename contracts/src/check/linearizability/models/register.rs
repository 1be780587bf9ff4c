//! A value that is read, written, and compared and swapped.

use std::fmt::Debug;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use crate::check::linearizability::{Specification, Step};

/// A register that holds this value at first.
#[derive(Clone, Debug, Default)]
pub struct Register<T>(pub T);

/// What a [`Register`] is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegisterOperation<T> {
    /// For its value: [`RegisterOutcome::Value`].
    Get,
    /// To hold this value: [`RegisterOutcome::Done`].
    Set(T),
    /// To hold the second value if it holds the first: [`RegisterOutcome::Swapped`].
    Cas(T, T),
}

/// What a [`Register`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegisterOutcome<T> {
    /// It holds this value.
    Value(T),
    /// It holds the value now.
    Done,
    /// Whether it held the value that was expected, and so holds the new one now.
    Swapped(bool),
}

impl<T: Clone + Eq + Hash + Debug> Specification for Register<T> {
    type Operation = RegisterOperation<T>;
    type Outcome = RegisterOutcome<T>;
    type State = T;

    fn initial(&self) -> T {
        self.0.clone()
    }

    fn step(
        &self,
        state: &T,
        operation: &RegisterOperation<T>,
        outcome: Option<&RegisterOutcome<T>>,
    ) -> Step<T> {
        use RegisterOperation::{Cas, Get, Set};
        use RegisterOutcome::{Done, Swapped, Value};
        match (operation, outcome) {
            (Get, Some(Value(value))) => Step::unchanged_if(value == state),
            (Set(value), None | Some(Done)) => Step::To(value.clone()),
            (Cas(expected, new), None | Some(Swapped(true))) => {
                Step::to_if(expected == state, || new.clone())
            }
            (Cas(expected, _), Some(Swapped(false))) => Step::unchanged_if(expected != state),
            (Get, None) => Step::Unchanged,
            _ => Step::Impossible,
        }
    }

    fn is_read(&self, operation: &RegisterOperation<T>) -> bool {
        matches!(operation, RegisterOperation::Get)
    }
}
