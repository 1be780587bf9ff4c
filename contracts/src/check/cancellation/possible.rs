//! The states that are still possible when nobody knows what a call has done.

use std::time::Duration;

use super::Cancellation;
use crate::check::concurrent::State;
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Outcome};

/// A set of states, of which one is the state of the implementation.
pub(super) struct Possible<'o, O, M> {
    dropped: &'o O,
    worlds: Vec<World<M>>,
}

#[derive(Clone)]
struct World<M> {
    state: State<M>,
    /// Whether the dropped call may yet take effect.
    pending: bool,
}

impl<'o, O: ModelledBy<M>, M: Model> Possible<'o, O, M> {
    /// What is possible when `dropped` was dropped in `state`.
    pub(super) fn after(dropped: &'o O, state: &State<M>, policy: Cancellation) -> Self {
        let without = World {
            state: state.clone(),
            pending: policy == Cancellation::MayLand,
        };
        let mut possible = Self {
            dropped,
            worlds: Vec::new(),
        };
        if policy != Cancellation::NoEffect {
            possible.add(possible.landed(&without));
        }
        possible.add(without);
        possible
    }

    /// Keeps the states in which `operation` is answered so; says whether there is one.
    pub(super) fn observe(&mut self, operation: &O, outcome: &O::Outcome, slack: Duration) -> bool {
        for world in std::mem::take(&mut self.worlds) {
            let landed = world.pending.then(|| self.landed(&world));
            for mut world in [Some(world), landed].into_iter().flatten() {
                let expected = operation.on_model(&mut world.state.model);
                if expected.compare(outcome, slack).same {
                    self.add(world);
                }
            }
        }
        !self.worlds.is_empty()
    }

    fn landed(&self, world: &World<M>) -> World<M> {
        let mut landed = World {
            pending: false,
            ..world.clone()
        };
        self.dropped.on_model(&mut landed.state.model);
        landed
    }

    fn add(&mut self, world: World<M>) {
        let same = |other: &World<M>| other.pending == world.pending && other.state == world.state;
        if !self.worlds.iter().any(same) {
            self.worlds.push(world);
        }
    }
}
