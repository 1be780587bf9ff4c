//! A number that is counted up and down.

use serde::{Deserialize, Serialize};

use crate::check::linearizability::{Specification, Step};

/// A counter that starts at this number. Its outcome is the number that the operation left.
#[derive(Clone, Debug, Default)]
pub struct Counter(pub i64);

/// What a [`Counter`] is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CounterOperation {
    /// For its number.
    Get,
    /// To add this, and for the sum, which wraps around.
    Add(i64),
}

impl Specification for Counter {
    type Operation = CounterOperation;
    type Outcome = i64;
    type State = i64;

    fn initial(&self) -> i64 {
        self.0
    }

    fn step(&self, state: &i64, operation: &CounterOperation, outcome: Option<&i64>) -> Step<i64> {
        match operation {
            CounterOperation::Get => Step::unchanged_if(outcome.is_none_or(|it| it == state)),
            CounterOperation::Add(amount) => {
                let sum = state.wrapping_add(*amount);
                Step::to_if(outcome.is_none_or(|it| *it == sum), || sum)
            }
        }
    }

    fn is_read(&self, operation: &CounterOperation) -> bool {
        matches!(operation, CounterOperation::Get)
    }
}
