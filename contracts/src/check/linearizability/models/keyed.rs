//! Many of one thing, each under a key of its own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::check::linearizability::{Specification, Step};

/// Independent instances of a model, one a key: a key-value store is a `Keyed<Register<Option<V>>>`.
///
/// Histories are checked key by key.
#[derive(Clone, Debug, Default)]
pub struct Keyed<S>(pub S);

/// An operation on what is under a key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct On<O> {
    /// The key.
    pub key: String,
    /// What is asked of it.
    pub operation: O,
}

impl<S: Specification> Specification for Keyed<S> {
    type Operation = On<S::Operation>;
    type Outcome = S::Outcome;
    type State = S::State;

    fn initial(&self) -> S::State {
        self.0.initial()
    }

    fn step(
        &self,
        state: &S::State,
        operation: &On<S::Operation>,
        outcome: Option<&S::Outcome>,
    ) -> Step<S::State> {
        self.0.step(state, &operation.operation, outcome)
    }

    fn is_read(&self, operation: &On<S::Operation>) -> bool {
        self.0.is_read(&operation.operation)
    }

    fn partition<'o>(&self, operation: &'o On<S::Operation>) -> Option<Cow<'o, str>> {
        Some(Cow::Borrowed(&operation.key))
    }

    fn fingerprint(&self, state: &S::State) -> u128 {
        self.0.fingerprint(state)
    }
}
