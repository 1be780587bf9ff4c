//! What a check answers.

use std::fmt::Debug;
use std::hash::Hash;

use super::answer::Blocked;
use super::budget::Exhausted;
use super::part::Part;
use super::specification::Specification;

/// Whether a history is linearizable: whether every operation can be given a moment between its call and its return, so
/// that the model, taking them in that order, would have answered each as it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict<T> {
    /// It is.
    Linearizable,
    /// It is not.
    Violation(Violation<T>),
    /// That could not be told.
    Unknown {
        /// Why.
        why: Exhausted,
    },
}

/// Where a history stops being linearizable.
///
/// It is the same whichever engine found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation<T> {
    /// The entry whose return is the first impossible one: up to the event before it, everything can be explained.
    pub entry: usize,
    /// The states that were possible just before that return, in none of which it could answer what it did.
    pub states: Vec<T>,
    /// Whether there were more than are told here.
    pub more_states: bool,
    /// The part of the state that it happened in, where the model has such.
    pub partition: Option<String>,
}

impl<T> Verdict<T> {
    /// Whether it is [`Verdict::Linearizable`].
    pub fn is_linearizable(&self) -> bool {
        matches!(self, Self::Linearizable)
    }

    /// The violation, if it is one.
    pub fn violation(&self) -> Option<&Violation<T>> {
        match self {
            Self::Violation(violation) => Some(violation),
            _ => None,
        }
    }
}

impl<T: Clone + Eq + Hash + Debug> Violation<T> {
    pub(super) fn of<S: Specification<State = T>>(part: &Part<'_, S>, blocked: Blocked<T>) -> Self {
        let more_states = blocked.states.more;
        let mut states = blocked.states.into_vec();
        states.sort_by_cached_key(|state| format!("{state:?}"));
        Self {
            entry: part.call(blocked.call).index,
            states,
            more_states,
            partition: part.name.clone(),
        }
    }
}
