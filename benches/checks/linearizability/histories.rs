//! The histories of the table, and this checker on them.

use std::fmt;
use std::time::{Duration, Instant};

use contrait::check::linearizability::models::{
    Keyed, On, Register, RegisterOperation, RegisterOutcome,
};
use contrait::check::linearizability::{
    Budget, Checker, Dense, Engine, History, Numbers, Specification, Verdict,
};

use super::cell::{self, Answer, Cell, Checked, Found};

pub(super) type Operation = RegisterOperation<u64>;
pub(super) type Answered = RegisterOutcome<u64>;

const SEED: u64 = 7;
/// Values meet, or every read would name its write.
const VALUES: u64 = 8;
const KEYS: u64 = 100;
/// The fastest of so many runs is taken, where they are short: what else runs on the machine only ever adds.
const ROUNDS: usize = 5;
const LONG: Duration = Duration::from_secs(1);

/// What a history is of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(super) kind: Kind,
    pub(super) operations: usize,
    pub(super) unknown_percent: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Register,
    Cas,
    KeyValue,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::Register, Self::Cas, Self::KeyValue];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::Cas => "CAS",
            Self::KeyValue => "KV",
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.operations)?;
        if self.unknown_percent > 0.0 {
            write!(f, ", {} % unknown", self.unknown_percent)?;
        }
        Ok(())
    }
}

/// Checks a cell's history with this checker.
pub(super) fn check(cell: &Cell) -> Found {
    match cell.shape.kind {
        Kind::KeyValue => timed(cell, Keyed(Register(0)), &key_value(cell)),
        Kind::Register | Kind::Cas => timed(cell, Register(0), &register(cell)),
    }
}

fn timed<S>(cell: &Cell, model: S, history: &History<S::Operation, S::Outcome>) -> Found
where
    S: Specification + Sync,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    let engine = match cell.checker {
        Checked::DepthFirst => Engine::DepthFirst,
        Checked::Frontier => Engine::Frontier,
        _ => Engine::Both,
    };
    let budget = Budget {
        time: Duration::from_secs(8),
        ..Budget::default()
    };
    let checker = Checker::new(model).engine(engine).budget(budget);
    measured(
        || match checker.check(history) {
            Verdict::Linearizable => Some(true),
            Verdict::Violation(_) => Some(false),
            Verdict::Unknown { .. } => None,
        },
        cell,
    )
}

/// How long a check takes that gives the right answer.
pub(super) fn measured(mut check: impl FnMut() -> Option<bool>, cell: &Cell) -> Found {
    let mut times = Vec::new();
    while times.len() < ROUNDS {
        let (start, spent) = (Instant::now(), cell::processor());
        let answer = check();
        times.push((start.elapsed(), cell::processor() - spent));
        match answer {
            None => return Found::Unknown,
            Some(linearizable) => assert_ne!(linearizable, cell.spoiled, "a wrong answer"),
        }
        if times.iter().map(|(time, _)| *time).sum::<Duration>() > LONG {
            break;
        }
    }
    let (time, processor) = times.into_iter().min().expect("there was a run");
    Found::Answer(Answer {
        time,
        processor,
        memory: 0,
    })
}

fn dense(cell: &Cell) -> Dense {
    let Shape {
        operations,
        unknown_percent,
        ..
    } = cell.shape;
    Dense {
        unknown_percent,
        ..Dense::new(SEED, operations)
    }
}

/// A history of one register.
pub(super) fn register(cell: &Cell) -> History<Operation, Answered> {
    let cas = cell.shape.kind == Kind::Cas;
    let mut state = 0;
    let mut history =
        dense(cell).history(|numbers| choose(numbers, cas), |it| apply(&mut state, it));
    if cell.spoiled {
        history
            .spoil(SEED, |_, answer| spoil(answer))
            .expect("there are reads");
    }
    history
}

pub(super) fn key_value(cell: &Cell) -> History<On<Operation>, Answered> {
    let mut states = vec![0; KEYS as usize];
    let mut history = dense(cell).history(
        |numbers| On {
            key: numbers.below(KEYS).to_string(),
            operation: choose(numbers, false),
        },
        |on| {
            let key: usize = on.key.parse().expect("keys are numbers");
            apply(&mut states[key], &on.operation)
        },
    );
    if cell.spoiled {
        history
            .spoil(SEED, |_, answer| spoil(answer))
            .expect("there are reads");
    }
    history
}

fn choose(numbers: &mut Numbers, cas: bool) -> Operation {
    let value = 1 + numbers.below(VALUES);
    match numbers.below(if cas { 3 } else { 2 }) {
        0 => RegisterOperation::Get,
        1 => RegisterOperation::Set(value),
        _ => RegisterOperation::Cas(1 + numbers.below(VALUES), value),
    }
}

pub(super) fn apply(state: &mut u64, operation: &Operation) -> Answered {
    match operation {
        RegisterOperation::Get => RegisterOutcome::Value(*state),
        RegisterOperation::Set(value) => {
            *state = *value;
            RegisterOutcome::Done
        }
        RegisterOperation::Cas(expected, new) => {
            let swapped = state == expected;
            if swapped {
                *state = *new;
            }
            RegisterOutcome::Swapped(swapped)
        }
    }
}

/// Makes an answer one that nothing explains: no one ever writes 0 again.
fn spoil(answer: &mut Answered) -> bool {
    let RegisterOutcome::Value(value) = answer else {
        return false;
    };
    *value = 0;
    true
}
