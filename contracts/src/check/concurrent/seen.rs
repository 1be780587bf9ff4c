//! What was seen in a run, and what it looks like.

use std::sync::Arc;
use std::time::Duration;

use super::orders::Way;
use super::program::Program;
use crate::check::linearizability::{By, End, Entry, History};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};
use crate::check::strength::{self, nearest_to_clients};

/// What was seen in a run.
pub(super) struct Seen<O: Operation> {
    pub(super) history: Answered<O>,
    /// By how much the clocks of the implementation and the model may differ.
    pub(super) slack: Duration,
}

/// The calls of a contract, and what they were answered.
pub(super) type Answered<O> = History<Arc<O>, Arc<<O as Operation>::Outcome>>;

impl<O: Operation> Seen<O> {
    /// The clients in the order in which they made their calls, where none overlaps with another.
    pub(super) fn one_by_one(&self, program: &Program<O>) -> Option<Vec<usize>> {
        let entries = self.history.entries();
        let mut ended = 0;
        let mut order = Vec::new();
        for entry in entries {
            let (By::Client(client), End::Returned { at, .. }) = (entry.by, &entry.end) else {
                return None;
            };
            if entry.from < ended {
                return None;
            }
            ended = *at;
            order.push(client as usize);
        }
        (order.len() == program.calls()).then_some(order)
    }

    /// Whether the calls that returned were answered so.
    pub(super) fn is(&self, way: &Way<O>) -> bool {
        let mut entries: Vec<_> = self.history.entries().iter().collect();
        // Each client's own are in order.
        entries.sort_by_key(|entry| entry.by);
        let answers = entries.iter().filter_map(|entry| match &entry.end {
            End::Returned { outcome, .. } => Some(outcome),
            End::Unknown { .. } | End::Due { .. } => None,
        });
        let mut pairs = answers.zip(way);
        pairs.all(|(seen_so, expected)| expected.compare(seen_so, self.slack).same)
    }

    /// What saboteurs do wrong that could have been answered so.
    pub(super) fn nearest<M: Model>(&self, program: &Program<O>, model: &M) -> Option<String>
    where
        O: ModelledBy<M>,
    {
        let entries = self.history.entries();
        let of = |client: usize| {
            let of_client = move |entry: &&Entry<_, _>| entry.by == By::Client(client as u32);
            let mut calls: Vec<_> = entries.iter().filter(of_client).map(call).collect();
            calls.sort_by_key(|call| call.from);
            calls
        };
        let clients: Vec<_> = (0..program.clients.len()).map(of).collect();
        // Whether it ended is another question than what it answered.
        let all = clients.iter().map(Vec::len).sum::<usize>() == program.calls();
        let handle_each = !program.shared;
        all.then(|| nearest_to_clients(model, &clients, handle_each, self.slack))?
    }
}

fn call<O: Operation>(entry: &Entry<Arc<O>, Arc<O::Outcome>>) -> strength::Seen<'_, O> {
    let returned = match &entry.end {
        End::Returned { at, outcome } => Some((*at, &**outcome)),
        End::Unknown { .. } | End::Due { .. } => None,
    };
    strength::Seen {
        operation: &entry.operation,
        from: entry.from,
        returned,
    }
}
