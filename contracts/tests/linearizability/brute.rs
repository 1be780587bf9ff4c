//! Linearizability by its definition: every order is tried, nothing is remembered, and time is looked up, not searched.

use std::collections::HashSet;

use contrait::check::linearizability::{By, End, History, Moment, Specification, Step};

/// What the definition says of a history.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Judgement {
    /// The first impossible return, with the states that were possible before it.
    pub(crate) violation: Option<(usize, Vec<String>)>,
}

/// Judges a history by trying everything.
pub(crate) fn judge<S: Specification>(
    specification: &S,
    history: &History<S::Operation, S::Outcome>,
) -> Judgement {
    let mut search = Search {
        specification,
        history,
        ends: Vec::new(),
        reached: 0,
        states: HashSet::new(),
    };
    for (index, entry) in history.entries().iter().enumerate() {
        search
            .ends
            .extend(entry.end.moment().map(|at| (at, entry.from, index)));
    }
    // Ends at one moment come in the order of their calls.
    search.ends.sort_unstable();
    let done = search.follow(&mut vec![false; history.len()], specification.initial());
    let violation = (!done).then(|| {
        let mut states: Vec<String> = search.states.iter().map(|it| format!("{it:?}")).collect();
        states.sort();
        (search.ends[search.reached].2, states)
    });
    Judgement { violation }
}

struct Search<'h, S: Specification> {
    specification: &'h S,
    history: &'h History<S::Operation, S::Outcome>,
    ends: Vec<(Moment, Moment, usize)>,
    reached: usize,
    states: HashSet<S::State>,
}

impl<S: Specification> Search<'_, S> {
    /// Whether all that is left can follow.
    fn follow(&mut self, applied: &mut Vec<bool>, state: S::State) -> bool {
        let Some(first) = self.ends.iter().position(|(_, _, index)| !applied[*index]) else {
            return true;
        };
        if first > self.reached {
            self.reached = first;
            self.states.clear();
        }
        if first == self.reached {
            self.states.insert(state.clone());
        }
        let (end, _, ends) = self.ends[first];
        for index in 0..applied.len() {
            if !applied[index] && self.history.entries()[index].from <= end {
                for next in self.steps(&state, index) {
                    if self.with(applied, index, next) {
                        return true;
                    }
                }
            }
        }
        let due = self.history.entries()[ends].by == By::System;
        due && self.steps(&state, ends).is_empty() && self.with(applied, ends, state)
    }

    fn with(&mut self, applied: &mut Vec<bool>, index: usize, state: S::State) -> bool {
        applied[index] = true;
        let done = self.follow(applied, state);
        applied[index] = false;
        done
    }

    fn steps(&self, state: &S::State, index: usize) -> Vec<S::State> {
        let entry = &self.history.entries()[index];
        let outcome = match &entry.end {
            End::Returned { outcome, .. } => Some(outcome),
            End::Unknown { .. } | End::Due { .. } => None,
        };
        match self.specification.step(state, &entry.operation, outcome) {
            Step::Impossible => Vec::new(),
            Step::Unchanged => vec![state.clone()],
            Step::To(state) => vec![state],
            Step::Any(states) => states,
        }
    }
}
