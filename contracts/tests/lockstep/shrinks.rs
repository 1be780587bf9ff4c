//! How short a failure becomes, and how many runs that takes: mark 1 of the checks.

use contrait::check::lockstep::Lockstep;

use crate::shelf::{Bug, run};

const SEEDS: u64 = 20;

/// Lengths and shrink runs over the seeds, each in order.
fn shrunk(bug: Bug) -> (Vec<usize>, Vec<usize>) {
    let failures = (0..SEEDS).filter_map(|seed| {
        let mut check = Lockstep::new(seed);
        check.sequences = 100;
        run(check, bug).err()
    });
    let (mut lengths, mut runs): (Vec<_>, Vec<_>) = failures
        .map(|failure| (failure.steps.len(), failure.shrink_runs))
        .unzip();
    lengths.sort_unstable();
    runs.sort_unstable();
    (lengths, runs)
}

#[test]
fn nearly_every_failure_becomes_as_short_as_can_be() {
    for (bug, shortest) in Bug::PLANTED {
        let (lengths, _) = shrunk(bug);
        let reached = lengths.iter().filter(|length| **length == shortest).count();
        assert!(
            reached * 100 >= lengths.len() * 95,
            "{bug:?}: {reached} of {} reached {shortest}: {lengths:?}",
            lengths.len()
        );
    }
}

#[test]
fn a_failure_of_five_steps_takes_less_than_a_hundred_runs() {
    let (lengths, runs) = shrunk(Bug::RemovingKeepsTheTime);
    assert_eq!(lengths.len(), SEEDS as usize);
    assert!(runs[runs.len() / 2] <= 100, "{runs:?}");
}

#[test]
fn no_more_runs_are_spent_than_allowed() {
    let mut check = Lockstep::new(1);
    check.sequences = 100;
    check.shrink_runs = 10;
    let failure = run(check, Bug::SixteenEntries).expect_err("planted");
    assert_eq!(failure.shrink_runs, 10);
}
