//! The possible worlds of a contract, whichever model it has.

use std::time::Duration;

use super::possible::{Possible, Refusal};
use crate::check::model::{Effect, Model};
use crate::check::operation::{ModelledBy, Operation};

/// Judges answers. The type of the model is nobody else's concern.
pub(super) trait Judge<O: Operation>: Send {
    /// See [`Possible::give`].
    fn give(&mut self, operation: &O) -> O::Outcome;
    /// See [`Possible::begin`].
    fn begin(&mut self, id: u64, operation: O);
    /// See [`Possible::answered`].
    fn answered(
        &mut self,
        id: u64,
        answer: &O::Outcome,
        now: Duration,
        slack: Duration,
    ) -> Result<Effect, Refusal>;
    /// See [`Possible::leave_open`].
    fn leave_open(&mut self, id: u64);
}

impl<O, M> Judge<O> for Possible<O, M>
where
    O: ModelledBy<M> + Send,
    O::Outcome: Send + Sync,
    M: Model + Send,
{
    fn give(&mut self, operation: &O) -> O::Outcome {
        Self::give(self, operation)
    }

    fn begin(&mut self, id: u64, operation: O) {
        Self::begin(self, id, operation);
    }

    fn answered(
        &mut self,
        id: u64,
        answer: &O::Outcome,
        now: Duration,
        slack: Duration,
    ) -> Result<Effect, Refusal> {
        Self::answered(self, id, answer, now, slack)
    }

    fn leave_open(&mut self, id: u64) {
        Self::leave_open(self, id);
    }
}
