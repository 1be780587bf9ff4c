//! The saboteurs that a failure looks like: in front of the model, they answer the same calls as the implementation did.
//!
//! Asked of the model alone, hundreds of them take milliseconds: of a sequence each is asked once, of concurrent clients
//! in every order that fits what was seen, of a dropped call at every point at which it can be dropped.

mod clients;
mod dropped;
mod sequence;

use std::sync::{Arc, Mutex};

pub(crate) use clients::{Seen, nearest_to_clients};
pub(crate) use dropped::nearest_to_a_drop;
pub(crate) use sequence::nearest;

use super::derive::{Scope, derive};
use super::facts::{Facts, Samples};
use super::fault::Saboteur;
use super::sabotage::{Sabotage, Who};
use crate::check::model::Model;
use crate::check::operation::ModelledBy;

/// How many of them are named.
const NAMED: usize = 3;

const ALONE: Who = Who {
    handle: 0,
    namespace: 0,
};

/// All saboteurs of a contract, and what they need.
struct Suspects<O: ModelledBy<M>, M> {
    facts: Arc<Facts>,
    samples: Arc<Mutex<Samples<O>>>,
    saboteurs: Vec<Saboteur>,
    models: std::marker::PhantomData<M>,
}

impl<O: ModelledBy<M>, M: Model> Suspects<O, M> {
    fn of(model: &M, scope: Scope) -> Self {
        let facts = Arc::new(Facts::of::<O>());
        let mut samples = Samples::new();
        samples.learn(&facts, model, super::SEED);
        let derived = derive(&facts, &samples, scope);
        Self {
            facts,
            samples: Arc::new(Mutex::new(samples)),
            saboteurs: derived.saboteurs,
            models: std::marker::PhantomData,
        }
    }

    /// Leaves those of one method.
    fn of_method(mut self, method: usize) -> Self {
        self.saboteurs.retain(|saboteur| saboteur.method == method);
        self
    }

    /// What those do wrong for whom `behaves` holds; nothing where there are none. It is given what makes the saboteur
    /// begin anew.
    fn named(&self, behaves: impl Fn(&dyn Fn() -> Arc<Sabotage<O>>) -> bool) -> Option<String> {
        let behaves = |saboteur: &&Saboteur| {
            behaves(&|| {
                let (facts, samples) = (Arc::clone(&self.facts), Arc::clone(&self.samples));
                Sabotage::new((*saboteur).clone(), facts, samples, usize::MAX)
            })
        };
        let named = self.saboteurs.iter().filter(behaves).take(NAMED);
        let named: Vec<&str> = named.map(|saboteur| saboteur.says.as_str()).collect();
        (!named.is_empty()).then(|| named.join(", or "))
    }
}
