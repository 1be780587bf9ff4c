//! What is found.

use contrait::check::lockstep::Lockstep;

use crate::shelf::{Bug, run};

#[test]
fn nothing_is_found_where_there_is_nothing() {
    for seed in 0..50 {
        let passed =
            run(Lockstep::new(seed), Bug::Nothing).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!((passed.sequences, passed.operations), (20, 4000));
    }
}

#[test]
fn each_planted_bug_is_found_whatever_the_seed() {
    for (bug, _) in Bug::PLANTED {
        for seed in 0..10 {
            let mut check = Lockstep::new(seed);
            check.sequences = 100;
            check.shrink_runs = 0;
            assert!(run(check, bug).is_err(), "{bug:?} with seed {seed}");
        }
    }
}

#[test]
fn a_seed_finds_the_same_again() {
    let steps = |seed| {
        let failure = run(Lockstep::new(seed), Bug::EmptyIsNothing).expect_err("planted");
        format!("{:?} in {}", failure.steps, failure.found_with)
    };
    assert_eq!(steps(7), steps(7));
}
