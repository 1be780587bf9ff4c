//! A model of a contract on whose clock things run out, as what histories are checked against.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use super::identity::State;
use super::timed::Event;
use crate::check::linearizability::{Specification, Step};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome, Role, Slot};

/// A model, as it is before the first call, on whose clock things run out.
pub(super) struct ModelledInTime<M> {
    pub(super) initial: State<M>,
    pub(super) slack: Duration,
    pub(super) keyed: bool,
    /// The step in which the implementation keeps time.
    pub(super) step: Duration,
}

/// A state, and the time on the model's clock.
#[derive(Clone)]
pub(super) struct Now<M> {
    state: State<M>,
    now: Duration,
}

impl<M> PartialEq for Now<M> {
    fn eq(&self, other: &Self) -> bool {
        self.now == other.now && self.state == other.state
    }
}

impl<M> Eq for Now<M> {}

impl<M> Hash for Now<M> {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.now.hash(hasher);
        self.state.hash(hasher);
    }
}

impl<M: fmt::Debug> fmt::Debug for Now<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.state.fmt(f)
    }
}

impl<M: Model> Now<M> {
    fn advanced(&self, to: Duration) -> Self {
        let mut next = self.clone();
        if to > self.now {
            next.state.model.advance(to - self.now);
            next.now = to;
        }
        next
    }
}

/// Operations and the model that they are for.
pub(super) struct InTime<O, M> {
    pub(super) modelled: ModelledInTime<M>,
    pub(super) operations: PhantomData<O>,
}

impl<O: ModelledBy<M>, M: Model> Specification for InTime<O, M> {
    type Operation = Event<O>;
    type Outcome = Arc<O::Outcome>;
    type State = Now<M>;

    fn initial(&self) -> Now<M> {
        Now {
            state: self.modelled.initial.clone(),
            now: Duration::ZERO,
        }
    }

    fn step(
        &self,
        state: &Now<M>,
        event: &Event<O>,
        outcome: Option<&Arc<O::Outcome>>,
    ) -> Step<Now<M>> {
        let (operation, at, ends, moments) = match event {
            Event::Call {
                operation,
                at,
                ends,
                moments,
            } => (operation, *at, *ends, moments),
            Event::RunsOut { at, .. } => {
                return Step::to_if(state.now < *at, || state.advanced(*at));
            }
            Event::Passes { .. } => return Step::Unchanged,
        };
        // Up to the moment of the call, but for what has not run out yet.
        let next = moments.iter().find(|moment| **moment > state.now);
        let to = next.map_or(at, |next| at.min(next.saturating_sub(self.modelled.step)));
        let mut then = state.advanced(to);
        let left = ends.map(|ends| ends.saturating_sub(then.now));
        let operation = match left {
            Some(left) => Cow::Owned(with_ttl(&**operation, left)),
            None => Cow::Borrowed(&**operation),
        };
        let expected = operation.on_model(&mut then.state.model);
        match outcome {
            Some(outcome) if !expected.compare(outcome, self.modelled.slack).same => {
                Step::Impossible
            }
            _ if operation.about().read => Step::Unchanged,
            _ => Step::To(then),
        }
    }

    fn is_read(&self, event: &Event<O>) -> bool {
        matches!(event, Event::Call { operation, .. } if operation.about().read)
    }

    fn partition<'o>(&self, event: &'o Event<O>) -> Option<Cow<'o, str>> {
        if !self.modelled.keyed {
            return None;
        }
        match event {
            Event::Call { operation, .. } => operation.key(),
            Event::RunsOut { key, .. } | Event::Passes { key, .. } => {
                key.as_deref().map(Cow::Borrowed)
            }
        }
    }
}

fn with_ttl<O: Operation>(operation: &O, ttl: Duration) -> O {
    let mut changed = operation.clone();
    changed.visit_mut(&mut |parameter, slot: &mut dyn Slot| {
        if parameter.role == Role::Ttl {
            // It is one or the other.
            if slot.value().is::<Duration>() {
                slot.replace(&ttl);
            } else {
                slot.replace(&Some(ttl));
            }
        }
    });
    changed
}
