//! The saboteurs that a failing sequence looks like.

use std::sync::Arc;
use std::time::Duration;

use super::{ALONE, Suspects};
use crate::check::generate::Step;
use crate::check::lockstep::Answer;
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Outcome};
use crate::check::strength::derive::Scope;
use crate::check::strength::evidence::on_model;
use crate::check::strength::sabotage::Sabotage;

/// What the saboteurs do wrong that answer `steps` as was observed; nothing where there are none. `observed` has an
/// answer a call, and `model` is one in which nothing has happened.
pub(crate) fn nearest<O: ModelledBy<M>, M: Model>(
    model: &M,
    steps: &[Step<O>],
    observed: &[Option<Answer<O::Outcome>>],
) -> Option<String> {
    Suspects::of(model, Scope::default())
        .named(|sabotage| answers_so(&sabotage(), model.clone(), steps, observed))
}

fn answers_so<O: ModelledBy<M>, M: Model>(
    sabotage: &Arc<Sabotage<O>>,
    mut model: M,
    steps: &[Step<O>],
    observed: &[Option<Answer<O::Outcome>>],
) -> bool {
    steps
        .iter()
        .zip(observed)
        .all(|(step, observed)| match step {
            Step::Pass(by) => {
                model.advance(*by);
                true
            }
            Step::Call(operation) => match observed {
                None => false,
                Some(observed) => answers_as(sabotage, operation, &mut model, observed),
            },
        })
}

/// Whether a call is answered as was observed.
pub(super) fn answers_as<O: ModelledBy<M>, M: Model>(
    sabotage: &Arc<Sabotage<O>>,
    operation: &O,
    model: &mut M,
    observed: &Answer<O::Outcome>,
) -> bool {
    let answer = on_model(sabotage, ALONE, operation.clone(), model);
    match (answer, observed) {
        (Ok(answer), Answer::Returned(observed)) => answer.compare(observed, Duration::ZERO).same,
        (Err(how), Answer::Panicked(_)) => how.starts_with("panicked"),
        (Err(how), Answer::NeverCame) => how.starts_with("never"),
        _ => false,
    }
}
