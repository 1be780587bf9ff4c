//! Mutual exclusion.

use serde::{Deserialize, Serialize};

use crate::check::linearizability::{Specification, Step};

/// A lock that nobody holds at first, and that is not reentrant. Its outcome is whether it did what it was asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lock;

/// What a [`Lock`] is asked, each by an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LockOperation {
    /// To be theirs, if nobody holds it.
    Acquire(u32),
    /// To be nobody's, if it is theirs.
    Release(u32),
}

impl Specification for Lock {
    type Operation = LockOperation;
    type Outcome = bool;
    type State = Option<u32>;

    fn initial(&self) -> Option<u32> {
        None
    }

    fn step(
        &self,
        state: &Option<u32>,
        operation: &LockOperation,
        outcome: Option<&bool>,
    ) -> Step<Option<u32>> {
        let (can, after) = match *operation {
            LockOperation::Acquire(owner) => (state.is_none(), Some(owner)),
            LockOperation::Release(owner) => (*state == Some(owner), None),
        };
        match outcome {
            Some(false) => Step::unchanged_if(!can),
            Some(true) | None => Step::to_if(can, || after),
        }
    }
}
