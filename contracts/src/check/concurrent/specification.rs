//! A model of a contract as what histories are checked against.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use super::identity::State;
use crate::check::linearizability::{Specification, Step};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// A model, as it is before the first call.
pub(super) struct Modelled<O, M> {
    pub(super) initial: State<M>,
    /// By how much the clocks of the two may differ.
    pub(super) slack: Duration,
    /// Whether calls are confined to their keys.
    pub(super) keyed: bool,
    pub(super) operations: std::marker::PhantomData<O>,
}

impl<O: ModelledBy<M>, M: Model> Specification for Modelled<O, M> {
    type Operation = Arc<O>;
    type Outcome = Arc<O::Outcome>;
    type State = State<M>;

    fn initial(&self) -> State<M> {
        self.initial.clone()
    }

    fn step(
        &self,
        state: &State<M>,
        operation: &Arc<O>,
        outcome: Option<&Arc<O::Outcome>>,
    ) -> Step<State<M>> {
        let mut next = state.clone();
        let expected = operation.on_model(&mut next.model);
        match outcome {
            Some(outcome) if !expected.compare(outcome, self.slack).same => Step::Impossible,
            _ if operation.about().read => Step::Unchanged,
            _ => Step::To(next),
        }
    }

    fn is_read(&self, operation: &Arc<O>) -> bool {
        operation.about().read
    }

    fn partition<'o>(&self, operation: &'o Arc<O>) -> Option<Cow<'o, str>> {
        if self.keyed { operation.key() } else { None }
    }
}

/// Whether the calls of a contract are confined to keys: those that are not are then left to other checks, since what
/// concerns several parts of the state need not be done at once.
pub(super) fn is_keyed<O: Operation>() -> bool {
    O::CONTRACT.methods.iter().any(|method| method.keyed)
}

/// The methods that are not called, by name.
pub(super) fn left_out<O: Operation>() -> Vec<&'static str> {
    let methods = O::CONTRACT.methods.iter();
    let unkeyed = methods.filter(|method| is_keyed::<O>() && !method.keyed);
    let undriven = O::CONTRACT.undriven.iter().map(|undriven| undriven.method);
    unkeyed.map(|method| method.name).chain(undriven).collect()
}
