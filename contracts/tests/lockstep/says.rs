//! What is said of a failure.

use contrait::check::lockstep::Lockstep;

use crate::shelf::{Bug, run};

fn told(bug: Bug) -> String {
    let mut check = Lockstep::new(3);
    check.sequences = 100;
    run(check, bug).expect_err("planted").to_string()
}

#[test]
fn the_steps_stand_side_by_side_and_end_with_a_case() {
    let told = told(Bug::OverwritingKeepsTheTime);
    for part in [
        "20ms pass",
        "is what the model answers",
        "it failed each time",
        // It compiles in a suite that knows of neither.
        "#[case]\nfn found_by_lockstep(subject: &mut dyn Shelf, clock: &contrait::Clock) {\n    use std::time::Duration;\n\n",
        "clock.advance(Duration::from_millis(20)).await;",
    ] {
        assert!(told.contains(part), "{part:?} is missing in:\n{told}");
    }
}

#[test]
fn a_panic_is_a_failure_with_its_message() {
    let told = told(Bug::AppendingPanics);
    assert!(told.contains("panicked: no room to append"), "{told}");
}
