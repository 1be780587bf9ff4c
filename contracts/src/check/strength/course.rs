//! What becomes of one call under a saboteur, step by step.

use std::collections::VecDeque;
use std::sync::Arc;

use super::sabotage::{Sabotage, Who};
use crate::check::intercept::{Next, Plan};
use crate::check::operation::Operation;

/// A step of a call.
pub(super) enum Act<O: Operation> {
    /// Calls, and keeps the answer for the caller.
    Run(O),
    /// Calls, and lets nobody know.
    Aside(O),
    /// Has this for the caller.
    Tell(O::Outcome),
    /// Lets others go first.
    Yield,
    /// Calls, unless another such call has come to its end since there were so many: then its answer is the caller's too.
    RunUnlessDone(O, usize),
    Panic(&'static str),
    Hang,
}

/// The plan of one call.
pub(crate) struct Course<O: Operation> {
    sabotage: Arc<Sabotage<O>>,
    who: Who,
    /// The call, where it is one of the method that goes wrong.
    asked: Option<O>,
    acts: VecDeque<Act<O>>,
    answer: Option<O::Outcome>,
    /// Whether what is called now is called for the caller.
    for_the_caller: bool,
    called: bool,
}

impl<O: Operation> Course<O> {
    pub(super) fn new(
        sabotage: &Arc<Sabotage<O>>,
        who: Who,
        asked: Option<O>,
        acts: Vec<Act<O>>,
    ) -> Self {
        Self {
            sabotage: Arc::clone(sabotage),
            who,
            asked,
            acts: acts.into(),
            answer: None,
            for_the_caller: false,
            called: false,
        }
    }

    fn run(&mut self, operation: O) -> Next<O> {
        self.for_the_caller = true;
        self.called = true;
        Next::Run(operation)
    }

    fn end(&mut self) -> Next<O> {
        let outcome = self.answer.take().expect("every course has an answer");
        Next::Answer(match self.asked.take() {
            None => outcome,
            Some(asked) => self.sabotage.answered(self.who, &asked, outcome),
        })
    }
}

impl<O: Operation> Plan<O> for Course<O> {
    fn next(&mut self, ran: Option<O::Outcome>) -> Next<O> {
        if let Some(ran) = ran
            && self.for_the_caller
        {
            self.answer = Some(ran);
            self.for_the_caller = false;
        }
        loop {
            return match self.acts.pop_front() {
                Some(Act::Run(operation)) => self.run(operation),
                Some(Act::Aside(operation)) => Next::Run(operation),
                Some(Act::Tell(outcome)) => {
                    self.called = true;
                    self.answer = Some(outcome);
                    continue;
                }
                Some(Act::Yield) => Next::Yield,
                Some(Act::RunUnlessDone(operation, since)) => {
                    match self.sabotage.overtaken(self.who, &operation, since) {
                        None => self.run(operation),
                        Some(outcome) => {
                            self.answer = Some(outcome);
                            // It is no answer to be handed on once more.
                            self.asked = None;
                            continue;
                        }
                    }
                }
                Some(Act::Panic(message)) => Next::Panic(message),
                Some(Act::Hang) => Next::Hang,
                None => self.end(),
            };
        }
    }
}

impl<O: Operation> Drop for Course<O> {
    fn drop(&mut self) {
        if let Some(asked) = self.asked.take()
            && !self.called
        {
            self.sabotage.given_up(self.who, asked);
        }
    }
}
