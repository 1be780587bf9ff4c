//! Evidence on calls at the same time: two of them of which one is lost, and only told what the other one did.
//!
//! Nobody can notice that where it is as if the two had come one after the other.

use std::time::Duration;

use super::evidence::{Doubt, Evidence};
use crate::check::generate::{Generator, Options, Step};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// Pairs of calls of one method.
pub(super) struct Overlaps<'m, M> {
    model: &'m M,
    method: usize,
}

impl<'m, M: Model> Overlaps<'m, M> {
    pub(super) fn of(model: &'m M, method: usize) -> Self {
        Self { model, method }
    }

    /// Looks for a pair that cannot have come one after the other.
    pub(super) fn look<O: ModelledBy<M>>(&self, doubt: &Doubt) -> Evidence {
        let mut generator = Generator::new(doubt.seed, Options::default());
        let (mut struck, mut steps) = (0, 0);
        for _ in 0..doubt.sequences {
            let sequence: Vec<Step<O>> = generator.sequence();
            steps += sequence.len();
            let mut model = self.model.clone();
            for (at, step) in sequence.iter().enumerate() {
                if let Some(pair) = self.pair(&sequence[at..]) {
                    struck += 1;
                    if !explained(&model, pair, &sequence[at + 1..]) {
                        return Evidence::Differs { case: None };
                    }
                }
                run(&mut model, step);
            }
        }
        match struck {
            0 => Evidence::NeverStruck { steps },
            _ => Evidence::Alike { struck, steps },
        }
    }

    /// The call that comes now, and the next one like it, with the same key.
    fn pair<'s, O: Operation>(&self, steps: &'s [Step<O>]) -> Option<(&'s O, &'s O)> {
        let mut calls = steps.iter().filter_map(|step| match step {
            Step::Call(operation) => Some(operation),
            Step::Pass(_) => None,
        });
        let Some(Step::Call(first)) = steps.first() else {
            return None;
        };
        if first.method() != self.method {
            return None;
        }
        let like = |other: &&O| other.method() == self.method && other.key() == first.key();
        calls.next();
        Some((first, calls.find(like)?))
    }
}

/// How many steps are looked at after two calls, for what they left behind.
const AFTERWARDS: usize = 12;

fn explained<O: ModelledBy<M>, M: Model>(
    before: &M,
    (one, other): (&O, &O),
    afterwards: &[Step<O>],
) -> bool {
    let mut lost = before.clone();
    let answer = one.on_model(&mut lost);
    let orders = [(one, other), (other, one)];
    orders.iter().any(|(first, second)| {
        let mut model = before.clone();
        let answers = [first.on_model(&mut model), second.on_model(&mut model)];
        let told = answers
            .iter()
            .all(|told| told.compare(&answer, Duration::ZERO).same);
        told && alike(lost.clone(), model, afterwards)
    })
}

/// Whether two models answer alike from here on.
fn alike<O: ModelledBy<M>, M: Model>(mut one: M, mut other: M, steps: &[Step<O>]) -> bool {
    steps
        .iter()
        .take(AFTERWARDS)
        .all(|step| match (run(&mut one, step), run(&mut other, step)) {
            (Some(one), Some(other)) => one.compare(&other, Duration::ZERO).same,
            _ => true,
        })
}

fn run<O: ModelledBy<M>, M: Model>(model: &mut M, step: &Step<O>) -> Option<O::Outcome> {
    match step {
        Step::Call(operation) => Some(operation.on_model(model)),
        Step::Pass(by) => {
            model.advance(*by);
            None
        }
    }
}
