//! What sequences run in: an implementation and a model, begun anew for each.

use std::fmt::Debug;
use std::time::Duration;

use super::answer::Answer;
use crate::check::generate::Step;
use crate::check::operation::{By, Comparison, Operation, Outcome};

/// What sequences run in. Each begins with nothing stored, neither in the implementation nor in the model.
pub trait World<O: Operation> {
    /// Begins anew.
    ///
    /// # Errors
    /// Where there is no implementation to be had.
    fn begin(&mut self) -> impl Future<Output = Result<(), String>>;

    /// Makes a call on both. What an earlier call made up is another value for each, so that the model is called with
    /// `on_model`.
    fn call(&mut self, operation: &O, on_model: &O) -> impl Future<Output = Call<O::Outcome>>;

    /// Whether time passes when a sequence says so. It is asked once the world has begun.
    fn moves_time(&self) -> bool {
        false
    }

    /// Lets time pass for both.
    fn pass(&mut self, by: Duration) -> impl Future<Output = ()>;

    /// What the implementation does as if it did, in words: `observed` is what it answered to `steps`.
    fn nearest(
        &mut self,
        steps: &[Step<O>],
        observed: &[Option<Answer<O::Outcome>>],
    ) -> Option<String> {
        let _ = (steps, observed);
        None
    }
}

/// A call, as both answered it.
#[derive(Debug)]
pub struct Call<R> {
    pub(super) observed: Answer<R>,
    pub(super) expected: R,
    pub(super) slack: Duration,
    /// Whether the values that were made up can stand for each other.
    pub(super) renamed: bool,
}

impl<R: Outcome> Call<R> {
    /// A call that the implementation and the model answered so.
    pub fn answered(observed: R, expected: R) -> Self {
        Self {
            observed: Answer::Returned(observed),
            expected,
            slack: Duration::ZERO,
            renamed: true,
        }
    }

    /// A call that the implementation did not answer, but how it ended.
    pub(crate) fn unanswered(how: String, expected: R) -> Self {
        Self {
            observed: Answer::Panicked(how),
            expected,
            slack: Duration::ZERO,
            renamed: true,
        }
    }

    pub(super) fn comparison(&self) -> Comparison {
        match &self.observed {
            Answer::Returned(_) if !self.renamed => Comparison::different(),
            Answer::Returned(observed) => self.expected.compare(observed, self.slack),
            Answer::Panicked(_) | Answer::NeverCame => Comparison::new(false, By::Value),
        }
    }

    pub(super) fn observed_text(&self) -> String {
        self.observed.to_string()
    }
}
