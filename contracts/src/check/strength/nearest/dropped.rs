//! The saboteurs that a dropped call looks like.

use std::sync::Arc;

use super::sequence::answers_as;
use super::{ALONE, Suspects};
use crate::check::intercept::{Next, Plan};
use crate::check::lockstep::Answer;
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation};
use crate::check::strength::derive::Scope;
use crate::check::strength::sabotage::Sabotage;

/// So many steps of a dropped call are carried out at the most.
const STEPS: usize = 4;

/// Calls, and how they were answered.
type Answered<'s, O> = [(&'s O, &'s Answer<<O as Operation>::Outcome>)];

/// What the saboteurs of the dropped method do wrong that answer `before` and `after` as was observed, where `dropped` is
/// dropped between.
pub(crate) fn nearest_to_a_drop<O: ModelledBy<M>, M: Model>(
    model: &M,
    before: &Answered<'_, O>,
    dropped: &O,
    after: &Answered<'_, O>,
) -> Option<String> {
    let suspects = Suspects::of(model, Scope::default()).of_method(dropped.method());
    suspects.named(|sabotage| {
        (0..STEPS).any(|steps| {
            let (sabotage, mut model) = (sabotage(), model.clone());
            let answers = |model: &mut M, calls: &Answered<'_, O>| {
                let mut calls = calls.iter();
                calls.all(|(operation, seen)| answers_as(&sabotage, *operation, model, seen))
            };
            if !answers(&mut model, before) {
                return false;
            }
            drop_after(steps, &sabotage, dropped, &mut model);
            answers(&mut model, after) && sabotage.struck() > 0
        })
    })
}

/// Carries out so many steps of a call, and drops it.
fn drop_after<O: ModelledBy<M>, M>(
    steps: usize,
    sabotage: &Arc<Sabotage<O>>,
    operation: &O,
    model: &mut M,
) {
    let mut plan = sabotage.begin(ALONE, operation.clone());
    let mut ran = None;
    for _ in 0..steps {
        match plan.next(ran.take()) {
            Next::Run(operation) => ran = Some(operation.on_model(model)),
            Next::Yield | Next::Wait(_) => {}
            Next::Answer(_) | Next::Panic(_) | Next::Hang => break,
        }
    }
}
