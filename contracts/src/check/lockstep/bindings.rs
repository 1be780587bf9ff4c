//! What the steps of a sequence made, in the implementation and in the model.
//!
//! An argument that comes from an earlier step is another value for each of the two, and what they answer is the same
//! when the values are, up to renaming: whenever one gives a value again, so does the other.

use std::borrow::Cow;

use super::answer::Answer;
use super::world::Call;
use crate::check::operation::{Made, Operation, Outcome, Slot, origin};

/// What was made so far.
#[derive(Default)]
pub(super) struct Bindings {
    steps: Vec<Step>,
    /// Which value of the one stands for which of the other.
    pairs: Vec<(Box<dyn Made>, Box<dyn Made>)>,
}

struct Step {
    /// Counted from 1.
    step: usize,
    observed: Vec<Box<dyn Made>>,
    expected: Vec<Box<dyn Made>>,
}

/// A call as the two are to make it.
pub(super) struct Bound<'o, O: Clone> {
    pub(super) observed: Cow<'o, O>,
    pub(super) expected: Cow<'o, O>,
}

impl Bindings {
    /// The call with the values that earlier steps made; nothing where they did not make them.
    pub(super) fn bind<'o, O: Operation>(&self, operation: &'o O) -> Option<Bound<'o, O>> {
        if !operation.about().is_bound() {
            return Some(Bound {
                observed: Cow::Borrowed(operation),
                expected: Cow::Borrowed(operation),
            });
        }
        let observed = self.bound(operation, |step| &step.observed)?;
        let expected = self.bound(operation, |step| &step.expected)?;
        Some(Bound {
            observed: Cow::Owned(observed),
            expected: Cow::Owned(expected),
        })
    }

    fn bound<O: Operation>(
        &self,
        operation: &O,
        side: impl Fn(&Step) -> &Vec<Box<dyn Made>>,
    ) -> Option<O> {
        let (mut bound, mut all) = (operation.clone(), true);
        bound.visit_mut(&mut |_, slot: &mut dyn Slot| {
            let Some(origin) = slot.origin_mut().copied() else {
                return;
            };
            let step = self.steps.iter().find(|step| step.step == origin.step);
            all &= step.is_some_and(|step| slot.bind(side(step)));
        });
        all.then_some(bound)
    }

    /// Notes what a step made, and gives the values of the implementation the names that the model gives them.
    pub(super) fn note<O: Operation>(&mut self, step: usize, call: &mut Call<O::Outcome>) {
        let Answer::Returned(observed) = &mut call.observed else {
            return;
        };
        let step = Step {
            step,
            observed: made(observed),
            expected: made(&mut call.expected),
        };
        let mut pairs = step.observed.iter().zip(&step.expected);
        call.renamed = pairs.all(|(one, other)| self.pair(&**one, &**other));
        observed.each_made(&mut |value| {
            if let Some(name) = self.name(value) {
                value.become_other(&*name);
            }
        });
        self.steps.push(step);
    }

    /// Whether the two can stand for each other, from now on if they did not before.
    fn pair(&mut self, observed: &dyn Made, expected: &dyn Made) -> bool {
        for (one, other) in &self.pairs {
            match (one.same_as(observed), other.same_as(expected)) {
                (true, true) => return true,
                (false, false) => {}
                _ => return false,
            }
        }
        self.pairs.push((observed.copied(), expected.copied()));
        true
    }

    /// What the model calls a value of the implementation.
    fn name(&self, observed: &dyn Made) -> Option<Box<dyn Made>> {
        let mut pairs = self.pairs.iter();
        let (_, name) = pairs.find(|(one, _)| one.same_as(observed))?;
        Some((**name).copied())
    }
}

/// Boxes are values themselves, so what is in them is asked for by another name.
trait Same {
    fn same_as(&self, other: &dyn Made) -> bool;
}

impl Same for Box<dyn Made> {
    fn same_as(&self, other: &dyn Made) -> bool {
        (**self).same(other)
    }
}

fn made(outcome: &mut impl Outcome) -> Vec<Box<dyn Made>> {
    let mut all = Vec::new();
    outcome.each_made(&mut |value| all.push(value.copied()));
    all
}

/// The steps, counted from 1, whose values a call takes.
pub(super) fn origins<O: Operation>(operation: &O) -> Vec<usize> {
    let mut steps = Vec::new();
    if operation.about().is_bound() {
        operation.visit(&mut |_, field| steps.extend(origin(&field.to_json()).map(|at| at.step)));
    }
    steps
}
