//! What one would write by hand: an enum of operations, a strategy or an `Arbitrary` for it, and a loop that compares.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use proptest_state_machine::ReferenceStateMachine;
use quickcheck::{Arbitrary, Gen};

use super::shelf::{Bug, Entries, Shelf};
use super::{STEPS, Shrunk};

#[derive(Clone, Debug)]
enum Operation {
    Put(String, Vec<u8>, Option<Duration>),
    Get(String),
    Remove(String),
    Pass(Duration),
}

/// What an implementation answers.
fn apply(entries: &mut Entries, operation: &Operation) -> Option<Vec<u8>> {
    match operation {
        Operation::Put(key, value, ttl) => entries.put(key, value, *ttl),
        Operation::Get(key) => return entries.get(key),
        Operation::Remove(key) => return entries.remove(key).then(Vec::new),
        Operation::Pass(by) => entries.pass(*by),
    }
    None
}

/// Whether an implementation with `bug` answers as the model all the way.
fn agree(operations: &[Operation], bug: Bug) -> bool {
    let (mut subject, mut model) = (Entries::new(bug), Entries::new(Bug::Nothing));
    operations
        .iter()
        .all(|operation| apply(&mut subject, operation) == apply(&mut model, operation))
}

/// As many keys as there are letters: a user does not know beforehand how many a bug needs.
fn letter(number: u8) -> String {
    char::from(b'a' + number % 26).to_string()
}

fn operation() -> impl Strategy<Value = Operation> {
    let key = || any::<u8>().prop_map(letter);
    let time = || (0..200_u64).prop_map(Duration::from_millis);
    let value = proptest::collection::vec(any::<u8>(), 0..8);
    let put = (key(), value, proptest::option::of(time()));
    prop_oneof![
        put.prop_map(|(key, value, ttl)| Operation::Put(key, value, ttl)),
        key().prop_map(Operation::Get),
        key().prop_map(Operation::Remove),
        time().prop_map(Operation::Pass),
    ]
}

fn runner(seed: u64, sequences: usize) -> TestRunner {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        cases: sequences as u32,
        failure_persistence: None,
        max_shrink_iters: 100_000,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

fn proptest_check(seed: u64, sequences: usize, bug: Bug) -> Option<Shrunk> {
    let (runs, found) = (Cell::new(0), Cell::new(false));
    let sequence = proptest::collection::vec(operation(), 1..=STEPS);
    let outcome = runner(seed, sequences).run(&sequence, |operations| {
        runs.set(runs.get() + usize::from(found.get()));
        let same = agree(&operations, bug);
        found.set(found.get() || !same);
        prop_assert!(same);
        Ok(())
    });
    match outcome {
        Err(TestError::Fail(_, operations)) => Some(Shrunk {
            length: operations.len(),
            runs: runs.get(),
        }),
        _ => None,
    }
}

/// The model as proptest-state-machine wants it: every transition is allowed.
struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Entries;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<Entries> {
        Just(Entries::new(Bug::Nothing)).boxed()
    }

    fn transitions(_: &Entries) -> BoxedStrategy<Operation> {
        operation().boxed()
    }

    fn apply(mut state: Entries, transition: &Operation) -> Entries {
        apply(&mut state, transition);
        state
    }
}

fn state_machine_check(seed: u64, sequences: usize, bug: Bug) -> Option<Shrunk> {
    let (runs, found) = (Cell::new(0), Cell::new(false));
    let sequence = Reference::sequential_strategy(1..=STEPS);
    let outcome = runner(seed, sequences).run(&sequence, |(_, operations, seen)| {
        runs.set(runs.get() + usize::from(found.get()));
        let (mut subject, mut model) = (Entries::new(bug), Entries::new(Bug::Nothing));
        let same = operations.iter().all(|operation| {
            // What was not seen is cut first when it shrinks.
            if let Some(seen) = &seen {
                seen.fetch_add(1, Ordering::SeqCst);
            }
            apply(&mut subject, operation) == apply(&mut model, operation)
        });
        found.set(found.get() || !same);
        prop_assert!(same);
        Ok(())
    });
    match outcome {
        Err(TestError::Fail(_, (_, operations, _))) => Some(Shrunk {
            length: operations.len(),
            runs: runs.get(),
        }),
        _ => None,
    }
}

pub(super) fn state_machine_run(seed: u64, sequences: usize) {
    assert!(state_machine_check(seed, 2 * sequences, Bug::Nothing).is_none());
}

pub(super) fn state_machine_find(seed: u64, bug: Bug) -> Option<Shrunk> {
    state_machine_check(seed, 200, bug)
}

pub(super) fn proptest_run(seed: u64, sequences: usize) {
    // Half as long on average, so twice as many.
    assert!(proptest_check(seed, 2 * sequences, Bug::Nothing).is_none());
}

pub(super) fn proptest_find(seed: u64, bug: Bug) -> Option<Shrunk> {
    proptest_check(seed, 200, bug)
}

impl Arbitrary for Operation {
    fn arbitrary(g: &mut Gen) -> Self {
        let key = letter(u8::arbitrary(g));
        let time = |g: &mut Gen| Duration::from_millis(u64::arbitrary(g) % 200);
        match u8::arbitrary(g) % 4 {
            0 => {
                let value = (0..u8::arbitrary(g) % 8)
                    .map(|_| u8::arbitrary(g))
                    .collect();
                let ttl = bool::arbitrary(g).then(|| time(g));
                Self::Put(key, value, ttl)
            }
            1 => Self::Get(key),
            2 => Self::Remove(key),
            _ => Self::Pass(time(g)),
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self.clone() {
            Self::Put(key, value, ttl) => Box::new(
                (value, ttl)
                    .shrink()
                    .map(move |(value, ttl)| Self::Put(key.clone(), value, ttl)),
            ),
            Self::Pass(by) => Box::new(by.shrink().map(Self::Pass)),
            _ => Box::new(std::iter::empty()),
        }
    }
}

fn quickcheck_check(seed: u64, sequences: usize, bug: Bug) -> Option<Shrunk> {
    let mut generator = Gen::from_size_and_seed(STEPS, seed);
    let failing = (0..sequences)
        .map(|_| Vec::<Operation>::arbitrary(&mut generator))
        .find(|operations| !agree(operations, bug))?;
    Some(quickcheck_shrink(failing, bug))
}

/// As quickcheck's own runner goes about it, which does not tell how often it ran.
fn quickcheck_shrink(mut failing: Vec<Operation>, bug: Bug) -> Shrunk {
    let mut runs = 0;
    loop {
        let simpler = failing.shrink().find(|operations| {
            runs += 1;
            !agree(operations, bug)
        });
        match simpler {
            Some(simpler) => failing = simpler,
            None => break,
        }
    }
    Shrunk {
        length: failing.len(),
        runs,
    }
}

pub(super) fn quickcheck_run(seed: u64, sequences: usize) {
    assert!(quickcheck_check(seed, 2 * sequences, Bug::Nothing).is_none());
}

pub(super) fn quickcheck_find(seed: u64, bug: Bug) -> Option<Shrunk> {
    quickcheck_check(seed, 200, bug)
}
