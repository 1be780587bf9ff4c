//! First in, first out.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use crate::check::linearizability::{Specification, Step};

/// A queue that is empty at first.
#[derive(Clone, Debug)]
pub struct Queue<T>(PhantomData<fn() -> T>);

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

/// What a [`Queue`] is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueOperation<T> {
    /// To take this in: [`QueueOutcome::Pushed`].
    Push(T),
    /// For the oldest: [`QueueOutcome::Popped`].
    Pop,
}

/// What a [`Queue`] answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueOutcome<T> {
    /// It was taken in.
    Pushed,
    /// The oldest, which is no longer in the queue; nothing where it was empty.
    Popped(Option<T>),
}

impl<T: Clone + Eq + Hash + Debug> Specification for Queue<T> {
    type Operation = QueueOperation<T>;
    type Outcome = QueueOutcome<T>;
    type State = VecDeque<T>;

    fn initial(&self) -> VecDeque<T> {
        VecDeque::new()
    }

    fn step(
        &self,
        state: &VecDeque<T>,
        operation: &QueueOperation<T>,
        outcome: Option<&QueueOutcome<T>>,
    ) -> Step<VecDeque<T>> {
        match (operation, outcome) {
            (QueueOperation::Push(item), None | Some(QueueOutcome::Pushed)) => {
                let mut state = state.clone();
                state.push_back(item.clone());
                Step::To(state)
            }
            (QueueOperation::Pop, Some(QueueOutcome::Popped(None))) => {
                Step::unchanged_if(state.is_empty())
            }
            (QueueOperation::Pop, Some(QueueOutcome::Popped(item))) => {
                Step::to_if(state.front() == item.as_ref(), || without_first(state))
            }
            (QueueOperation::Pop, None) => Step::To(without_first(state)),
            _ => Step::Impossible,
        }
    }
}

fn without_first<T: Clone>(state: &VecDeque<T>) -> VecDeque<T> {
    state.iter().skip(1).cloned().collect()
}
