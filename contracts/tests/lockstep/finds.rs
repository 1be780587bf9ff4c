//! What is found.

use contrait::check::lockstep::Lockstep;

use crate::shelf::{Bug, run};

/// Seeds in a row that raise no alarm where nothing is wrong.
const SEEDS: u64 = 1000;

#[test]
fn nothing_is_found_where_there_is_nothing() {
    for seed in 0..SEEDS {
        let mut check = Lockstep::new(seed);
        check.sequences = 2;
        let passed = run(check, Bug::Nothing).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!((passed.sequences, passed.operations), (2, 400));
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
