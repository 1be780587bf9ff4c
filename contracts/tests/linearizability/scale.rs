//! Long histories, where the engines run side by side.

use contrait::check::linearizability::models::{Register, RegisterOperation, RegisterOutcome};
use contrait::check::linearizability::{
    Budget, Checker, Dense, Engine, Exhausted, History, Verdict,
};

fn register(
    operations: usize,
    unknown_percent: f64,
) -> History<RegisterOperation<u64>, RegisterOutcome<u64>> {
    let mut state = 0;
    let dense = Dense {
        unknown_percent,
        ..Dense::new(11, operations)
    };
    dense.history(
        |numbers| match numbers.below(2) {
            0 => RegisterOperation::Get,
            _ => RegisterOperation::Set(1 + numbers.below(5)),
        },
        |operation| match operation {
            RegisterOperation::Set(value) => {
                state = *value;
                RegisterOutcome::Done
            }
            _ => RegisterOutcome::Value(state),
        },
    )
}

fn spoil(_: &RegisterOperation<u64>, outcome: &mut RegisterOutcome<u64>) -> bool {
    match outcome {
        RegisterOutcome::Value(value) => {
            *value = 99;
            true
        }
        _ => false,
    }
}

#[test]
fn engines_agree_on_a_long_history() {
    let mut history = register(6000, 0.0);
    for engine in [Engine::Both, Engine::DepthFirst, Engine::Frontier] {
        let verdict = Checker::new(Register(0)).engine(engine).check(&history);
        assert_eq!(verdict, Verdict::Linearizable, "{engine:?}");
    }
    let spoiled = history.spoil(3, spoil).expect("there are reads");
    for engine in [Engine::Both, Engine::DepthFirst, Engine::Frontier] {
        let verdict = Checker::new(Register(0)).engine(engine).check(&history);
        let violation = verdict.violation().expect("nobody writes 99");
        assert_eq!(violation.entry, spoiled, "{engine:?}");
        assert!(!violation.states.is_empty(), "{engine:?}");
    }
}

#[test]
fn many_unknown_outcomes_are_no_hindrance() {
    let verdict = Checker::new(Register(0)).check(&register(5000, 1.0));
    assert_eq!(verdict, Verdict::Linearizable);
}

#[test]
fn what_a_budget_does_not_suffice_for_is_unknown() {
    let budget = Budget {
        steps: 1000,
        ..Budget::default()
    };
    let verdict = Checker::new(Register(0))
        .budget(budget)
        .check(&register(6000, 0.0));
    assert_eq!(
        verdict,
        Verdict::Unknown {
            why: Exhausted::Steps(1000)
        }
    );
}
