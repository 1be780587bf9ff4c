//! Planted bugs: each is found whatever the seed, and nearly always shrunk to the shortest sequence that shows it.

use contrait::check::lockstep::{Failure, Lockstep};

use crate::shelf::{Bug, ShelfOperation, run};

const SEEDS: u64 = 20;

fn found(bug: Bug, seed: u64) -> Box<Failure<ShelfOperation>> {
    let mut check = Lockstep::new(seed);
    check.sequences = 1000;
    match run(check, bug) {
        Err(failure) => failure,
        Ok(passed) => panic!("{bug:?} with seed {seed}: {passed:?}"),
    }
}

/// All seeds find it, and nine of ten come to the shortest: some find another way to see it, which cannot be cut.
fn is_found(bug: Bug) {
    let (_, shortest) = *Bug::PLANTED
        .iter()
        .find(|(planted, _)| *planted == bug)
        .expect("planted");
    let lengths: Vec<usize> = (0..SEEDS)
        .map(|seed| found(bug, seed).steps.len())
        .collect();
    let reached = lengths.iter().filter(|length| **length == shortest);
    assert!(
        reached.count() * 100 >= lengths.len() * 90,
        "{bug:?} takes {shortest} steps: {lengths:?}"
    );
}

macro_rules! planted {
    ($($name:ident: $bug:ident,)*) => {$(
        #[test]
        fn $name() {
            is_found(Bug::$bug);
        }
    )*

        #[test]
        fn each_bug_has_a_test() {
            assert_eq!([$(Bug::$bug),*], Bug::PLANTED.map(|(bug, _)| bug));
        }
    };
}

planted! {
    overwriting_keeps_the_time: OverwritingKeepsTheTime,
    removing_keeps_the_time: RemovingKeepsTheTime,
    appending_loses_the_time: AppendingLosesTheTime,
    appending_renews_the_time: AppendingRenewsTheTime,
    five_milliseconds_late: FiveMillisecondsLate,
    zero_is_for_ever: ZeroIsForEver,
    what_expired_counts: WhatExpiredCounts,
    sixteen_entries: SixteenEntries,
    empty_is_nothing: EmptyIsNothing,
    appending_panics: AppendingPanics,
    appending_loses_the_first: AppendingLosesTheFirst,
    reads_are_stale: ReadsAreStale,
    long_values_are_torn: LongValuesAreTorn,
    keys_ignore_case: KeysIgnoreCase,
    removing_takes_what_begins_so: RemovingTakesWhatBeginsSo,
}

#[test]
fn five_steps_take_at_most_a_hundred_runs() {
    let failures = (0..SEEDS).map(|seed| found(Bug::RemovingKeepsTheTime, seed));
    let mut runs: Vec<usize> = failures
        .inspect(|failure| assert_eq!(failure.steps.len(), 5))
        .map(|failure| failure.shrink_runs)
        .collect();
    runs.sort_unstable();
    assert!(runs[runs.len() / 2] <= 100, "{runs:?}");
}

#[test]
fn no_more_runs_are_spent_than_allowed() {
    let mut check = Lockstep::new(1);
    check.sequences = 100;
    check.shrink_runs = 10;
    let failure = run(check, Bug::RemovingKeepsTheTime).expect_err("planted");
    assert_eq!(failure.shrink_runs, 10);
}
