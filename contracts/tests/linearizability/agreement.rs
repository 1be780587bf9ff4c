//! Both engines and the definition say the same of thousands of small histories.

use contrait::check::linearizability::models::{
    Counter, CounterOperation, Lock, LockOperation, Queue, QueueOperation, QueueOutcome, Register,
    RegisterOperation, RegisterOutcome,
};
use contrait::check::linearizability::{
    By, Checker, End, Engine, Entry, History, Numbers, Specification, Step, Verdict,
};

use crate::brute;

/// What a run over many histories has seen.
#[derive(Debug, Default)]
struct Tally {
    histories: usize,
    violations: usize,
    unknown_outcomes: usize,
    internal: usize,
}

/// A history of few clients, whose answers are made up but plausible.
fn fuzz<O, R>(
    numbers: &mut Numbers,
    choose: impl Fn(&mut Numbers) -> (O, R, bool),
) -> History<O, R> {
    let clients = 1 + numbers.below(4) as u32;
    let mut now = vec![0; clients as usize];
    let mut history = History::new();
    for _ in 0..2 + numbers.below(6) {
        let (operation, outcome, internal) = choose(numbers);
        let client = numbers.below(u64::from(clients)) as u32;
        let clock = &mut now[client as usize];
        let from = *clock + numbers.below(4);
        let at = from + 1 + numbers.below(8);
        let end = match numbers.below(8) {
            _ if internal => End::Due { by: at },
            0 => End::Unknown {
                why: "timeout".to_owned(),
            },
            _ => End::Returned { at, outcome },
        };
        let by = if internal {
            By::System
        } else {
            By::Client(client)
        };
        // A client that has given up goes on at once.
        *clock = if matches!(end, End::Returned { .. }) {
            at
        } else {
            from + 1
        };
        history.push(Entry {
            by,
            operation,
            from,
            end,
        });
    }
    history.validate().expect("clients take turns");
    history
}

fn agree<S>(
    specification: &S,
    seeds: u64,
    tally: &mut Tally,
    choose: impl Fn(&mut Numbers) -> (S::Operation, S::Outcome, bool),
) where
    S: Specification + Sync + Clone,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    let searches = [Engine::DepthFirst, Engine::Frontier, Engine::Both];
    let engines = searches.map(|engine| Checker::new(specification.clone()).engine(engine));
    for seed in 0..seeds {
        let history = fuzz(&mut Numbers::new(seed), &choose);
        let expected = brute::judge(specification, &history).violation;
        for (engine, checker) in searches.iter().zip(&engines) {
            let found = match checker.check(&history) {
                Verdict::Linearizable => None,
                Verdict::Violation(violation) => {
                    assert!(!violation.more_states);
                    let states = violation.states.iter().map(|state| format!("{state:?}"));
                    Some((violation.entry, states.collect()))
                }
                Verdict::Unknown { why } => panic!("seed {seed}: {why}"),
            };
            assert_eq!(found, expected, "seed {seed}, {engine:?}: {history:#?}");
        }
        tally.histories += 1;
        tally.violations += usize::from(expected.is_some());
        for entry in history.entries() {
            tally.unknown_outcomes += usize::from(matches!(entry.end, End::Unknown { .. }));
            tally.internal += usize::from(matches!(entry.end, End::Due { .. }));
        }
    }
}

fn register(numbers: &mut Numbers) -> (RegisterOperation<u64>, RegisterOutcome<u64>, bool) {
    let value = numbers.below(3);
    match numbers.below(5) {
        0 | 1 => (RegisterOperation::Get, RegisterOutcome::Value(value), false),
        2 => {
            let swap = RegisterOperation::Cas(value, numbers.below(3));
            (swap, RegisterOutcome::Swapped(numbers.percent(50.0)), false)
        }
        _ => (RegisterOperation::Set(value), RegisterOutcome::Done, false),
    }
}

fn queue(numbers: &mut Numbers) -> (QueueOperation<u64>, QueueOutcome<u64>, bool) {
    let item = numbers.below(3);
    match numbers.below(4) {
        0 | 1 => (QueueOperation::Push(item), QueueOutcome::Pushed, false),
        2 => (QueueOperation::Pop, QueueOutcome::Popped(Some(item)), false),
        _ => (QueueOperation::Pop, QueueOutcome::Popped(None), false),
    }
}

fn counter(numbers: &mut Numbers) -> (CounterOperation, i64, bool) {
    let answer = numbers.below(4) as i64;
    match numbers.below(2) {
        0 => (CounterOperation::Get, answer, false),
        _ => (CounterOperation::Add(1), answer, false),
    }
}

fn lock(numbers: &mut Numbers) -> (LockOperation, bool, bool) {
    let owner = numbers.below(2) as u32;
    let done = numbers.percent(70.0);
    match numbers.below(2) {
        0 => (LockOperation::Acquire(owner), done, false),
        _ => (LockOperation::Release(owner), done, false),
    }
}

/// A register whose entries expire, with a write that loses a value or not, as it likes.
#[derive(Clone)]
struct Expiring;

#[derive(Clone, Debug)]
enum Operation {
    Get,
    Set(u64),
    SetOrForget(u64),
    ExpireIf(u64),
}

impl Specification for Expiring {
    type Operation = Operation;
    type Outcome = Option<u64>;
    type State = Option<u64>;

    fn initial(&self) -> Option<u64> {
        None
    }

    fn step(
        &self,
        state: &Option<u64>,
        operation: &Operation,
        outcome: Option<&Option<u64>>,
    ) -> Step<Option<u64>> {
        match operation {
            Operation::Get => Step::unchanged_if(outcome.is_none_or(|answer| answer == state)),
            Operation::Set(value) => Step::To(Some(*value)),
            Operation::SetOrForget(value) => Step::Any(vec![Some(*value), None]),
            Operation::ExpireIf(value) => Step::to_if(*state == Some(*value), || None),
        }
    }

    fn is_read(&self, operation: &Operation) -> bool {
        matches!(operation, Operation::Get)
    }
}

fn expiring(numbers: &mut Numbers) -> (Operation, Option<u64>, bool) {
    let value = numbers.below(2);
    match numbers.below(7) {
        0 | 1 => (Operation::Get, Some(value), false),
        2 => (Operation::Get, None, false),
        3 | 4 => (Operation::Set(value), None, false),
        5 => (Operation::SetOrForget(value), None, false),
        _ => (Operation::ExpireIf(value), None, true),
    }
}

#[test]
fn both_engines_and_the_definition_agree_on_ten_thousand_histories() {
    let mut tally = Tally::default();
    agree(&Register(0), 4000, &mut tally, register);
    agree(&Queue::default(), 2000, &mut tally, queue);
    agree(&Counter(0), 1000, &mut tally, counter);
    agree(&Lock, 1000, &mut tally, lock);
    agree(&Expiring, 4000, &mut tally, expiring);
    assert!(tally.histories >= 10_000, "{tally:?}");
    assert!(tally.violations > 2500, "{tally:?}");
    assert!(tally.histories - tally.violations > 2500, "{tally:?}");
    assert!(tally.unknown_outcomes > 5000, "{tally:?}");
    assert!(tally.internal > 1000, "{tally:?}");
}
