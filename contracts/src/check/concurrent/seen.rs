//! What was seen in a run, and what it looks like.

use std::sync::Arc;
use std::time::Duration;

use super::orders::Way;
use super::program::Program;
use crate::check::linearizability::{By, End, Entry, History, Moment};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};
use crate::check::strength::{self, What, nearest_to_clients};

/// What was seen in a run.
pub(super) struct Seen<O: Operation> {
    pub(super) history: Answered<O>,
    /// The time that passed.
    pub(super) passed: Vec<Passed>,
    /// By how much the clocks of the implementation and the model may differ.
    pub(super) slack: Duration,
}

/// Time that a client let pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passed {
    pub(super) client: u32,
    pub(super) from: Moment,
    pub(super) at: Moment,
    pub(super) by: Duration,
}

/// The calls of a contract, and what they were answered.
pub(super) type Answered<O> = History<Arc<O>, Arc<<O as Operation>::Outcome>>;

impl<O: Operation> Seen<O> {
    /// The clients in the order in which they went on, where nothing that they did overlaps.
    pub(super) fn one_by_one(&self, program: &Program<O>) -> Option<Vec<usize>> {
        let mut all: Vec<(Moment, Moment, u32)> = Vec::new();
        for entry in self.history.entries() {
            match (entry.by, &entry.end) {
                (By::Client(client), End::Returned { at, .. }) => {
                    all.push((entry.from, *at, client));
                }
                _ => return None,
            }
        }
        let passed = self.passed.iter();
        all.extend(passed.map(|pass| (pass.from, pass.at, pass.client)));
        all.sort_unstable();
        let apart = all.windows(2).all(|two| two[0].1 < two[1].0);
        let whole = apart && all.len() == program.len();
        whole.then(|| all.iter().map(|(_, _, client)| *client as usize).collect())
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
            let by = client as u32;
            let of_client = move |entry: &&Entry<_, _>| entry.by == By::Client(by);
            let mut acts: Vec<_> = entries.iter().filter(of_client).map(call).collect();
            let passed = self.passed.iter().filter(|pass| pass.client == by);
            acts.extend(passed.map(pass));
            acts.sort_by_key(|act| act.from);
            acts
        };
        let clients: Vec<_> = (0..program.clients.len()).map(of).collect();
        // Whether it ended is another question than what it answered.
        let all = clients.iter().map(Vec::len).sum::<usize>() == program.len();
        let handle_each = !program.shared;
        all.then(|| nearest_to_clients(model, &clients, handle_each, self.slack))?
    }
}

fn call<O: Operation>(entry: &Entry<Arc<O>, Arc<O::Outcome>>) -> strength::Seen<'_, O> {
    let (ended, answer) = match &entry.end {
        End::Returned { at, outcome } => (Some(*at), Some(&**outcome)),
        End::Unknown { .. } | End::Due { .. } => (None, None),
    };
    strength::Seen {
        what: What::Call(&entry.operation, answer),
        from: entry.from,
        ended,
    }
}

fn pass<'s, O: Operation>(passed: &Passed) -> strength::Seen<'s, O> {
    strength::Seen {
        what: What::Pass(passed.by),
        from: passed.from,
        ended: Some(passed.at),
    }
}
