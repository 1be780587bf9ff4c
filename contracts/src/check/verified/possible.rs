//! The states that a model can be in, given what calls were answered.
//!
//! A call takes effect at one moment between its beginning and its answer. One whose answer says nothing of its effect may
//! take effect at any later moment, or never. So a world is a state, and which of the open calls have taken effect in it;
//! whatever happens, worlds that do not fit are dropped, and when none is left, what happened is impossible.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::check::model::{Effect, Model};
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// More worlds than a test makes that knows what it does.
const LIMIT: usize = 4096;

/// All worlds that are possible.
pub(super) struct Possible<O: Operation, M> {
    worlds: Vec<World<O, M>>,
    /// Calls that are not answered, and those whose answer leaves their effect open.
    open: BTreeMap<u64, O>,
}

struct World<O: Operation, M> {
    model: M,
    /// What its clock shows. It lags behind as long as that makes no difference.
    at: Duration,
    /// The open calls that have taken effect, with what they are answered.
    landed: BTreeMap<u64, Arc<O::Outcome>>,
}

/// Why an answer is refused.
pub(super) enum Refusal {
    /// These are the answers that would do.
    Impossible(Vec<String>),
    /// There are too many worlds to follow.
    TooMany,
}

impl<O: ModelledBy<M>, M: Model> Possible<O, M> {
    pub(super) fn new(model: M) -> Self {
        let world = World {
            model,
            at: Duration::ZERO,
            landed: BTreeMap::new(),
        };
        Self {
            worlds: vec![world],
            open: BTreeMap::new(),
        }
    }

    /// Makes a call that is sure to have taken effect.
    pub(super) fn give(&mut self, operation: &O) -> O::Outcome {
        let world = &mut self.worlds[0];
        operation.on_model(&mut world.model)
    }

    /// A call begins.
    pub(super) fn begin(&mut self, id: u64, operation: O) {
        self.open.insert(id, operation);
    }

    /// A call is answered. Times in answers may be wrong by `slack`.
    pub(super) fn answered(
        &mut self,
        id: u64,
        answer: &O::Outcome,
        now: Duration,
        slack: Duration,
    ) -> Result<Effect, Refusal> {
        let effect = self.effect(answer);
        match effect {
            Effect::Nothing => self.never_landed(id),
            Effect::Unknown => self.leave_open(id),
            Effect::Modelled => self.landed(id, answer, now, slack)?,
        }
        Ok(effect)
    }

    /// Nobody will ever know whether this call took effect.
    pub(super) fn leave_open(&mut self, id: u64) {
        if self.open.get(&id).is_some_and(|call| call.about().read) {
            self.never_landed(id);
        }
    }

    fn effect(&self, answer: &O::Outcome) -> Effect {
        let kind = answer.error_kind();
        let model = self.worlds.first().map(|world| &world.model);
        match (kind, model) {
            (Some(kind), Some(model)) => model.error(&kind),
            _ => Effect::Modelled,
        }
    }

    fn never_landed(&mut self, id: u64) {
        self.worlds.retain(|world| !world.landed.contains_key(&id));
        self.open.remove(&id);
    }

    fn landed(
        &mut self,
        id: u64,
        answer: &O::Outcome,
        now: Duration,
        slack: Duration,
    ) -> Result<(), Refusal> {
        self.let_calls_land(now)?;
        let mut allowed: Vec<String> = Vec::new();
        self.worlds.retain_mut(|world| {
            let Some(expected) = world.landed.remove(&id) else {
                return false;
            };
            let text = format!("{expected:?}");
            if !allowed.contains(&text) {
                allowed.push(text);
            }
            let slack = slack + world.model.resolution();
            expected.compare(answer, slack).same
        });
        self.open.remove(&id);
        let mut seen = HashSet::new();
        self.worlds.retain(|world| seen.insert(world.text()));
        if self.worlds.is_empty() {
            return Err(Refusal::Impossible(allowed));
        }
        Ok(())
    }

    /// Adds the worlds in which more of the open calls have taken effect, in any order.
    fn let_calls_land(&mut self, now: Duration) -> Result<(), Refusal> {
        let mut seen: HashSet<String> = self.worlds.iter().map(World::text).collect();
        let mut index = 0;
        while index < self.worlds.len() {
            for (id, operation) in &self.open {
                if self.worlds[index].landed.contains_key(id) {
                    continue;
                }
                let landed = self.worlds[index].landing(*id, operation, now);
                let fresh = landed.into_iter().filter(|world| seen.insert(world.text()));
                self.worlds.extend(fresh);
            }
            if self.worlds.len() > LIMIT {
                return Err(Refusal::TooMany);
            }
            index += 1;
        }
        Ok(())
    }
}

impl<O: ModelledBy<M>, M: Model> World<O, M> {
    /// What tells it from others.
    fn text(&self) -> String {
        format!("{:?} {:?} {:?}", self.model, self.at, self.landed)
    }

    /// The worlds in which a call takes effect now. Two, where it matters that the implementation may be late with what
    /// goes by itself.
    fn landing(&self, id: u64, operation: &O, now: Duration) -> Vec<Self> {
        let late = now.saturating_sub(self.model.resolution()).max(self.at);
        let prompt = self.landed_at(now, id, operation);
        if late >= now {
            return vec![prompt];
        }
        let mut lagging = self.landed_at(late, id, operation);
        let same = lagging.landed[&id].compare(&prompt.landed[&id], Duration::ZERO);
        if !same.same {
            return vec![prompt, lagging];
        }
        // What lags can still catch up, and a time that is answered is told as it is now.
        lagging.landed = prompt.landed;
        vec![lagging]
    }

    fn landed_at(&self, at: Duration, id: u64, operation: &O) -> Self {
        let mut model = self.model.clone();
        model.advance(at.saturating_sub(self.at));
        let answer = operation.on_model(&mut model);
        let mut landed = self.landed.clone();
        landed.insert(id, Arc::new(answer));
        Self { model, at, landed }
    }
}

impl<O: Operation, M: Debug> Debug for Possible<O, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let models = self.worlds.iter().map(|world| &world.model);
        f.debug_list().entries(models).finish()
    }
}
