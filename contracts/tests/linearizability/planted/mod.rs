//! Bugs as they are made, each found with the fewest operations that show it, and not seen where it is not.

mod counter;
mod expiry;
mod keyed;
mod lock;
mod queue;
mod register;

use contrait::check::linearizability::{Checker, History, Report, Specification, Verdict};

type Observed<S> = History<<S as Specification>::Operation, <S as Specification>::Outcome>;

const SEEDS: u64 = 500;

/// Finds what is wrong with the histories that `run` makes, and takes the smallest counterexample of ten of them,
/// which has so many operations.
pub(crate) fn find<S>(model: &S, run: impl Fn(u64) -> Observed<S>, operations: usize)
where
    S: Specification + Sync + Clone,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    let checker = Checker::new(model.clone());
    let mut found = 0;
    let mut smallest: Option<(u64, Observed<S>)> = None;
    for seed in 0..SEEDS {
        let history = run(seed);
        let Verdict::Violation(violation) = checker.check(&history) else {
            continue;
        };
        found += 1;
        let minimal = checker
            .minimal(&history, &violation)
            .expect("the history is small");
        let verdict = checker.check(&minimal);
        assert!(verdict.violation().is_some(), "seed {seed}: {minimal:#?}");
        if smallest
            .as_ref()
            .is_none_or(|(_, other)| minimal.len() < other.len())
        {
            smallest = Some((seed, minimal));
        }
        if found == 10 {
            break;
        }
    }
    let (seed, minimal) = smallest.expect("the bug is found");
    let verdict = checker.check(&minimal);
    let report = Report::new(model, &minimal, verdict.violation().expect("as before"));
    assert_eq!(minimal.len(), operations, "seed {seed}:\n{report}");
}

/// Asserts that nothing is wrong with the histories that `run` makes.
pub(crate) fn find_nothing<S>(model: S, run: impl Fn(u64) -> History<S::Operation, S::Outcome>)
where
    S: Specification + Sync,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    let checker = Checker::new(model);
    for seed in 0..SEEDS {
        let verdict = checker.check(&run(seed));
        assert!(verdict.is_linearizable(), "seed {seed}: {verdict:?}");
    }
}
