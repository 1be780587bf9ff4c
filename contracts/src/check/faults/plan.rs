//! What becomes of a call that has met faults, step by step.

use std::collections::VecDeque;
use std::time::Duration;

use super::rule::{Effect, Met};
use crate::check::intercept::{Next, Plan};
use crate::check::operation::{Operation, Outcome};

/// Steps that are known from the beginning, and in the end the subject's own answer.
pub(super) struct Planned<O: Operation> {
    steps: VecDeque<Next<O>>,
    ran: Option<O::Outcome>,
}

impl<O: Operation> Planned<O> {
    pub(super) fn new(
        operation: O,
        before: Duration,
        after: Duration,
        decisive: Option<Met<O>>,
    ) -> Self {
        let method = operation.method();
        let mut steps = VecDeque::new();
        if !before.is_zero() {
            steps.push_back(Next::Wait(before));
        }
        if decisive.as_ref().is_none_or(|met| met.after) {
            steps.push_back(Next::Run(operation));
            if !after.is_zero() {
                steps.push_back(Next::Wait(after));
            }
        }
        steps.extend(decisive.and_then(|met| end(&met.effect, method)));
        Self { steps, ran: None }
    }
}

/// How the call ends.
fn end<O: Operation>(effect: &Effect<O>, method: usize) -> Option<Next<O>> {
    match effect {
        Effect::Delay(_) => None,
        Effect::Hang => Some(Next::Hang),
        Effect::Panic(message) => Some(Next::Panic(message)),
        Effect::Answer(answer) => {
            let answer = answer(method);
            let methods = O::CONTRACT.methods;
            assert!(
                answer.method() == method,
                "a call of `{}` met a fault whose answer is one of `{}`",
                methods[method].name,
                methods[answer.method()].name
            );
            Some(Next::Answer(answer))
        }
    }
}

impl<O: Operation> Plan<O> for Planned<O> {
    fn next(&mut self, ran: Option<O::Outcome>) -> Next<O> {
        self.ran = ran.or_else(|| self.ran.take());
        self.steps.pop_front().unwrap_or_else(|| {
            let answer = self.ran.take();
            Next::Answer(answer.expect("what is not answered otherwise has run"))
        })
    }
}
