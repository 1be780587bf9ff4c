//! The saboteur that a failure looks like: the same calls on the model behind it are answered as the implementation did.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::derive::{Scope, derive};
use super::evidence::on_model;
use super::facts::{Facts, Samples};
use super::fault::Saboteur;
use super::sabotage::{Sabotage, Who};
use crate::check::generate::Step;
use crate::check::lockstep::Answer;
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Outcome};

/// How many of them are named.
const NAMED: usize = 3;
/// What the saboteurs do wrong that answer `steps` as was observed; nothing where there are none. `observed` has an
/// answer a call, and `model` is one in which nothing has happened.
pub(crate) fn nearest<O: ModelledBy<M>, M: Model>(
    model: &M,
    steps: &[Step<O>],
    observed: &[Option<Answer<O::Outcome>>],
) -> Option<String> {
    let facts = Arc::new(Facts::of::<O>());
    let mut samples = Samples::new();
    samples.learn(&facts, model, super::SEED);
    let derived = derive(&facts, &samples, Scope::default());
    let samples = Arc::new(Mutex::new(samples));
    let behaves = |saboteur: &Saboteur| {
        let (facts, samples) = (Arc::clone(&facts), Arc::clone(&samples));
        let sabotage = Sabotage::new(saboteur.clone(), facts, samples, usize::MAX);
        answers_so(&sabotage, model.clone(), steps, observed)
    };
    let nearest: Vec<&str> = derived
        .saboteurs
        .iter()
        .filter(|saboteur| behaves(saboteur))
        .map(|saboteur| saboteur.says.as_str())
        .take(NAMED)
        .collect();
    (!nearest.is_empty()).then(|| nearest.join(", or "))
}

fn answers_so<O: ModelledBy<M>, M: Model>(
    sabotage: &Arc<Sabotage<O>>,
    mut model: M,
    steps: &[Step<O>],
    observed: &[Option<Answer<O::Outcome>>],
) -> bool {
    let alone = Who {
        handle: 0,
        namespace: 0,
    };
    steps
        .iter()
        .zip(observed)
        .all(|(step, observed)| match step {
            Step::Pass(by) => {
                model.advance(*by);
                true
            }
            Step::Call(operation) => {
                let answer = on_model(sabotage, alone, operation.clone(), &mut model);
                match (answer, observed) {
                    (Ok(answer), Some(Answer::Returned(observed))) => {
                        answer.compare(observed, Duration::ZERO).same
                    }
                    (Err(how), Some(Answer::Panicked(_))) => how.starts_with("panicked"),
                    (Err(how), Some(Answer::NeverCame)) => how.starts_with("never"),
                    _ => false,
                }
            }
        })
}
