//! A history as the engines take it: its calls and returns in one order, and each part of the state on its own.

use std::collections::HashMap;

use super::history::{By, End, Entry, History, Moment};
use super::specification::Specification;

/// The calls of a history that concern one part of the state.
pub(super) struct Part<'h, S: Specification> {
    pub(super) specification: &'h S,
    /// The part's name, where the history falls into parts.
    pub(super) name: Option<String>,
    /// In the order in which they were called.
    pub(super) calls: Vec<Call<'h, S>>,
    pub(super) events: Vec<Event>,
}

/// A call that counts: reads of unknown outcome are none.
pub(super) struct Call<'h, S: Specification> {
    /// Its entry in the history.
    pub(super) index: usize,
    pub(super) operation: &'h S::Operation,
    pub(super) outcome: Option<&'h S::Outcome>,
    pub(super) kind: Kind,
    from: Moment,
    by: Option<Moment>,
}

/// What a call asks of the engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Declared to change nothing, and has an outcome: it may be applied as soon as it matches.
    Read,
    /// Has an outcome and may change the state.
    Certain,
    /// Applied by its end, unless impossible at that moment.
    Due,
    /// Applied at any time from its call on, or never.
    Open,
}

/// A call or the end of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Call(u32),
    Return(u32),
}

impl<'h, S: Specification> Part<'h, S> {
    /// The parts of a history, in the order of their first entries; one where an operation has no part.
    pub(super) fn all(
        specification: &'h S,
        history: &'h History<S::Operation, S::Outcome>,
    ) -> Vec<Self> {
        let mut parts: Vec<Self> = Vec::new();
        let mut by_name: HashMap<_, usize> = HashMap::new();
        for (index, entry) in history.entries().iter().enumerate() {
            let Some(name) = specification.partition(&entry.operation) else {
                return vec![Self::whole(specification, history)];
            };
            let place = match by_name.get(&*name) {
                Some(place) => *place,
                None => {
                    parts.push(Self::empty(specification, Some(name.to_string())));
                    by_name.insert(name.to_string(), parts.len() - 1);
                    parts.len() - 1
                }
            };
            parts[place].add(index, entry);
        }
        parts.iter_mut().for_each(Self::order);
        parts
    }

    fn whole(specification: &'h S, history: &'h History<S::Operation, S::Outcome>) -> Self {
        let mut part = Self::empty(specification, None);
        for (index, entry) in history.entries().iter().enumerate() {
            part.add(index, entry);
        }
        part.order();
        part
    }

    fn empty(specification: &'h S, name: Option<String>) -> Self {
        Self {
            specification,
            name,
            calls: Vec::new(),
            events: Vec::new(),
        }
    }

    fn add(&mut self, index: usize, entry: &'h Entry<S::Operation, S::Outcome>) {
        let read = entry.by != By::System && self.specification.is_read(&entry.operation);
        let (kind, outcome) = match &entry.end {
            End::Returned { outcome, .. } if read => (Kind::Read, Some(outcome)),
            End::Returned { outcome, .. } => (Kind::Certain, Some(outcome)),
            End::Due { .. } => (Kind::Due, None),
            // Whatever it answered, nothing else could have come of it.
            End::Unknown { .. } if read => return,
            End::Unknown { .. } => (Kind::Open, None),
        };
        let (from, by) = (entry.from, entry.end.moment());
        assert!(
            by.is_none_or(|by| by >= from),
            "entry {index} ends before it begins: `History::validate` tells more"
        );
        self.calls.push(Call {
            index,
            operation: &entry.operation,
            outcome,
            kind,
            from,
            by,
        });
    }

    /// Sorts the calls and makes the events of them.
    fn order(&mut self) {
        self.calls.sort_by_key(|call| call.from);
        // At one moment, calls come first: what touches may overlap.
        let mut ends: Vec<(Moment, u32)> = Vec::with_capacity(self.calls.len());
        for (number, call) in (0..).zip(&self.calls) {
            ends.extend(call.by.map(|by| (by, number)));
        }
        ends.sort_unstable();
        self.events.reserve_exact(self.calls.len() + ends.len());
        let mut ends = ends.into_iter().peekable();
        for (number, call) in (0..).zip(&self.calls) {
            while let Some((_, ended)) = ends.next_if(|(by, _)| *by < call.from) {
                self.events.push(Event::Return(ended));
            }
            self.events.push(Event::Call(number));
        }
        self.events
            .extend(ends.map(|(_, ended)| Event::Return(ended)));
    }

    pub(super) fn call(&self, number: u32) -> &Call<'h, S> {
        &self.calls[number as usize]
    }

    /// What follows of a call in a state.
    pub(super) fn step(
        &self,
        state: &S::State,
        number: u32,
    ) -> super::specification::Step<S::State> {
        let call = self.call(number);
        self.specification.step(state, call.operation, call.outcome)
    }

    /// When the call must have been applied.
    pub(super) fn end_of(&self, number: u32) -> Option<Moment> {
        self.call(number).by
    }
}
