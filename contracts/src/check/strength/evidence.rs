//! What the model says of a saboteur that a suite lets live: whether anybody could tell it from what is right.
//!
//! A model that the saboteur stands in front of runs beside one that it does not. Where no generated sequence is answered
//! otherwise although the saboteur struck, it is no other implementation, as far as was looked; else the shortest such
//! sequence is the case that the suite lacks.

use std::collections::HashSet;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::facts::{Facts, Samples};
use super::fault::{Family, Fault, Saboteur};
use super::overlap::Overlaps;
use super::sabotage::{Sabotage, Who};
use crate::check::generate::Options;
use crate::check::intercept::{Next, Plan, now};
use crate::check::lockstep::{Call, Lockstep, World};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// How long is looked for a difference.
#[derive(Clone, Debug)]
pub struct Doubt {
    /// What sequences are generated from.
    pub seed: u64,
    /// How many there are, of 200 steps each.
    pub sequences: usize,
    /// The shapes of the answers of the method that cases see, but for errors: all have to be seen here too, or there was
    /// too little to see.
    pub seen: Vec<String>,
}

/// What the model says of a saboteur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// It struck so often in so many steps, and nothing was answered otherwise.
    Alike {
        /// How often it struck.
        struck: usize,
        /// Of how many steps.
        steps: usize,
    },
    /// It never struck in so many steps: what makes it strike is not generated.
    NeverStruck {
        /// How many steps.
        steps: usize,
    },
    /// In so many steps the method never gave an answer of that shape, as it does in the cases: nothing can be said.
    Unseen {
        /// The shape.
        shape: String,
        /// How many steps.
        steps: usize,
    },
    /// A sequence is answered otherwise.
    Differs {
        /// The case that shows it, where one handle is enough.
        case: Option<String>,
    },
}

/// Who has evidence of contracts whose operations are `O`, beside handles of type `H`.
pub(crate) trait Judge<O: Operation, H> {
    fn judge(
        &self,
        saboteur: &Saboteur,
        facts: &Arc<Facts>,
        samples: &Arc<Mutex<Samples<O>>>,
        handle: &mut H,
        doubt: &Doubt,
    ) -> Option<Evidence>;

    /// Has the model answer generated calls, for answers that no case sees.
    fn learn(&self, facts: &Facts, samples: &mut Samples<O>, handle: &mut H, seed: u64);
}

/// Evidence by a model.
pub(crate) struct ByModel<H, S: ?Sized, M> {
    subject: fn(&mut H) -> &mut S,
    model: fn(&S) -> M,
    handles: PhantomData<H>,
}

impl<H, S: ?Sized, M> ByModel<H, S, M> {
    pub(crate) fn new(subject: fn(&mut H) -> &mut S, model: fn(&S) -> M) -> Self {
        Self {
            subject,
            model,
            handles: PhantomData,
        }
    }
}

impl<O: ModelledBy<M>, H, S: ?Sized, M: Model> Judge<O, H> for ByModel<H, S, M> {
    fn judge(
        &self,
        saboteur: &Saboteur,
        facts: &Arc<Facts>,
        samples: &Arc<Mutex<Samples<O>>>,
        handle: &mut H,
        doubt: &Doubt,
    ) -> Option<Evidence> {
        let model = (self.model)((self.subject)(handle));
        match saboteur.fault {
            Fault::Lost => return Some(Overlaps::of(&model, saboteur.method).look::<O>(doubt)),
            Fault::LandsAfterDrop => return None,
            _ if saboteur.fault.family() == Family::Liveness => return None,
            _ => {}
        }
        let mut twins = Twins {
            saboteur: saboteur.clone(),
            facts: Arc::clone(facts),
            samples: Arc::clone(samples),
            pure: model,
            clients: &[ALONE],
            running: None,
            calls: 0,
            struck: 0,
            shapes: HashSet::new(),
        };
        let alone = twins.look(doubt);
        if matches!(alone, Evidence::Differs { .. }) {
            return Some(alone);
        }
        twins.clients = &SEVERAL;
        Some(match twins.look(doubt) {
            Evidence::Differs { .. } => Evidence::Differs { case: None },
            other => other,
        })
    }

    fn learn(&self, facts: &Facts, samples: &mut Samples<O>, handle: &mut H, seed: u64) {
        let model = (self.model)((self.subject)(handle));
        samples.learn(facts, &model, seed);
    }
}

const ALONE: Who = Who {
    handle: 0,
    namespace: 0,
};

/// Two handles in one namespace, and one in another.
const SEVERAL: [Who; 3] = [
    ALONE,
    Who {
        handle: 1,
        namespace: 0,
    },
    Who {
        handle: 2,
        namespace: 1,
    },
];

/// A model beside its twin, in front of which a saboteur stands.
struct Twins<O: Operation, M> {
    saboteur: Saboteur,
    facts: Arc<Facts>,
    samples: Arc<Mutex<Samples<O>>>,
    /// A model in which nothing has happened yet.
    pure: M,
    clients: &'static [Who],
    running: Option<Running<O, M>>,
    calls: usize,
    struck: usize,
    /// Those that the method was answered.
    shapes: HashSet<String>,
}

/// A sequence that is run: for each namespace a model, and its twin.
struct Running<O: Operation, M> {
    sabotage: Arc<Sabotage<O>>,
    right: [M; 2],
    wrong: [M; 2],
}

impl<O: ModelledBy<M>, M: Model> Twins<O, M> {
    fn look(&mut self, doubt: &Doubt) -> Evidence {
        (self.calls, self.struck) = (0, 0);
        let lockstep = Lockstep {
            sequences: doubt.sequences,
            options: Options::default(),
            ..Lockstep::new(doubt.seed)
        };
        match now(lockstep.check(self, &[])) {
            Err(failure) => Evidence::Differs {
                case: Some(failure.case()),
            },
            Ok(_) => {
                self.end_sequence();
                let (struck, steps) = (self.struck, self.calls);
                let mut seen = doubt.seen.iter();
                match (struck, seen.find(|shape| !self.shapes.contains(*shape))) {
                    (0, _) => Evidence::NeverStruck { steps },
                    (_, None) => Evidence::Alike { struck, steps },
                    (_, Some(shape)) => Evidence::Unseen {
                        shape: shape.clone(),
                        steps,
                    },
                }
            }
        }
    }

    fn end_sequence(&mut self) {
        if let Some(running) = self.running.take() {
            self.struck += running.sabotage.struck();
        }
    }
}

impl<O: ModelledBy<M>, M: Model> World<O> for Twins<O, M> {
    async fn begin(&mut self) -> Result<(), String> {
        self.end_sequence();
        let two = || [self.pure.clone(), self.pure.clone()];
        self.running = Some(Running {
            sabotage: Sabotage::new(
                self.saboteur.clone(),
                Arc::clone(&self.facts),
                Arc::clone(&self.samples),
                usize::MAX,
            ),
            right: two(),
            wrong: two(),
        });
        Ok(())
    }

    async fn call(&mut self, operation: &O, on_model: &O) -> Call<O::Outcome> {
        let who = self.clients[self.calls % self.clients.len()];
        self.calls += 1;
        let running = self.running.as_mut().expect("begun before");
        let expected = on_model.on_model(&mut running.right[who.namespace]);
        if operation.method() == self.saboteur.method {
            let shape = expected.shape();
            if !self.shapes.contains(&shape) {
                self.shapes.insert(shape);
            }
        }
        let wrong = &mut running.wrong[who.namespace];
        match self::on_model(&running.sabotage, who, operation.clone(), wrong) {
            Ok(observed) => Call::answered(observed, expected),
            Err(stopped) => Call::unanswered(stopped, expected),
        }
    }

    fn moves_time(&self) -> bool {
        true
    }

    async fn pass(&mut self, by: Duration) {
        let running = self.running.as_mut().expect("begun before");
        for model in running.right.iter_mut().chain(&mut running.wrong) {
            model.advance(by);
        }
    }
}

/// What a model answers that a saboteur stands in front of.
///
/// # Errors
/// Where there is no answer: how it ended instead.
pub(super) fn on_model<O: ModelledBy<M>, M>(
    sabotage: &Arc<Sabotage<O>>,
    who: Who,
    operation: O,
    model: &mut M,
) -> Result<O::Outcome, String> {
    let mut plan = sabotage.begin(who, operation);
    let mut next = plan.next(None);
    loop {
        next = match next {
            Next::Run(operation) => plan.next(Some(operation.on_model(model))),
            Next::Answer(outcome) => return Ok(outcome),
            Next::Panic(message) => return Err(format!("panicked: {message}")),
            Next::Hang => return Err("never answered".to_owned()),
            Next::Wait(_) | Next::Yield => plan.next(None),
        };
    }
}
