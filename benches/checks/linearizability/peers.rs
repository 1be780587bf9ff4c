//! What others offer, on the same histories where they can take them.

use std::collections::HashMap;

use contrait::check::linearizability::models::{RegisterOperation, RegisterOutcome};
use contrait::check::linearizability::{By, End, Entry, History};
use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};
use todc_utils::{Action, WGLChecker};

use super::cell::{Cell, Checked, Found};
use super::histories::{self, Answered, Kind, Operation};

/// A register that starts at 0, as both peers want it.
#[derive(Clone, Debug)]
struct Register(u64);

/// What happens at a moment, and to which entry.
type Event = (u64, usize, bool);

/// Checks a cell's history with a peer, key by key where there are keys.
pub(super) fn check(cell: &Cell) -> Found {
    if cell.checker == Checked::Todc && cell.shape.unknown_percent > 0.0 {
        return Found::Cannot;
    }
    let parts = match cell.shape.kind {
        Kind::KeyValue => by_key(cell),
        Kind::Register | Kind::Cas => vec![histories::register(cell)],
    };
    let check = match cell.checker {
        Checked::Todc => todc,
        _ => stateright,
    };
    histories::measured(|| Some(parts.iter().all(check)), cell)
}

fn by_key(cell: &Cell) -> Vec<History<Operation, Answered>> {
    let mut parts: HashMap<String, History<Operation, Answered>> = HashMap::new();
    for entry in histories::key_value(cell).entries() {
        let part = parts.entry(entry.operation.key.clone()).or_default();
        part.push(Entry {
            by: entry.by,
            operation: entry.operation.operation.clone(),
            from: entry.from,
            end: entry.end.clone(),
        });
    }
    parts.into_values().collect()
}

/// Calls and returns in order.
fn events(history: &History<Operation, Answered>) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, entry) in history.entries().iter().enumerate() {
        events.push((entry.from, index, false));
        events.extend(entry.end.moment().map(|at| (at, index, true)));
    }
    events.sort_unstable();
    events
}

fn client(entry: &Entry<Operation, Answered>) -> usize {
    match entry.by {
        By::Client(client) => client as usize,
        By::System => unreachable!("these histories have clients only"),
    }
}

/// An operation with its outcome, as todc-utils wants it.
type Done = (Operation, Answered);

impl todc_utils::Specification for Register {
    type State = u64;
    type Operation = Done;

    fn init() -> u64 {
        0
    }

    fn apply((operation, outcome): &Done, state: &u64) -> (bool, u64) {
        let mut register = Self(*state);
        let valid = register.is_valid_step(operation, outcome);
        (valid, register.0)
    }
}

fn todc(history: &History<Operation, Answered>) -> bool {
    let actions = events(history).into_iter().map(|(_, index, returns)| {
        let entry = &history.entries()[index];
        let End::Returned { outcome, .. } = &entry.end else {
            unreachable!("all outcomes are known")
        };
        let done = (entry.operation.clone(), outcome.clone());
        let action = if returns {
            Action::Response(done)
        } else {
            Action::Call(done)
        };
        (client(entry), action)
    });
    WGLChecker::<Register>::is_linearizable(todc_utils::History::from_actions(actions.collect()))
}

impl SequentialSpec for Register {
    type Op = Operation;
    type Ret = Answered;

    fn invoke(&mut self, operation: &Operation) -> Answered {
        histories::apply(&mut self.0, operation)
    }

    fn is_valid_step(&mut self, operation: &Operation, outcome: &Answered) -> bool {
        match (operation, outcome) {
            (RegisterOperation::Get, RegisterOutcome::Value(value)) => *value == self.0,
            _ => self.invoke(operation) == *outcome,
        }
    }
}

fn stateright(history: &History<Operation, Answered>) -> bool {
    let mut tester = LinearizabilityTester::new(Register(0));
    for (_, index, returns) in events(history) {
        let entry = &history.entries()[index];
        let accepted = match &entry.end {
            End::Returned { outcome, .. } if returns => {
                tester.on_return(client(entry), outcome.clone())
            }
            // A client of its own, since it stays under way for good.
            End::Unknown { .. } => tester.on_invoke(1000 + index, entry.operation.clone()),
            _ => tester.on_invoke(client(entry), entry.operation.clone()),
        };
        accepted.expect("clients take turns");
    }
    tester.is_consistent()
}
