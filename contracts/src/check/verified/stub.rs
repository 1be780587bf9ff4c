//! An implementation that is the reference model.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::time::Time;
use crate::check::intercept::{Intercept, Interceptor, Next, Plan};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// An implementation of a contract, whose operations are `O`, that answers as its model does: for tests that need one that
/// behaves, and care for nothing else.
///
/// ```
/// use contrait::check::{Model, Stub};
/// use contrait::contract;
///
/// #[contract]
/// trait Counter: Send + Sync {
///     fn add(&mut self, by: u32) -> u32;
/// }
///
/// #[derive(Clone, Debug, Default)]
/// struct CounterModel(u32);
/// impl Model for CounterModel {}
/// impl Counter for CounterModel {
///     fn add(&mut self, by: u32) -> u32 {
///         self.0 += by;
///         self.0
///     }
/// }
///
/// # fn main() {
/// let mut counter = Stub::<CounterOperation>::new(CounterModel::default()).object();
/// assert_eq!(counter.add(2), 2);
/// assert_eq!(counter.add(3), 5);
/// # }
/// ```
///
/// Time passes for the model as tokio's clock says, paused or not. All objects of one stub share its state.
pub struct Stub<O: Operation> {
    answers: Arc<Mutex<dyn Answers<O>>>,
}

impl<O: Operation> Stub<O> {
    /// Answers as `model`, from the state that it is in.
    pub fn new<M: Model + Send + 'static>(model: M) -> Self
    where
        O: ModelledBy<M>,
    {
        let answering = Answering {
            model,
            time: Time::default(),
            at: Duration::ZERO,
        };
        Self {
            answers: Arc::new(Mutex::new(answering)),
        }
    }

    /// Brings the model into a state: these calls have been made.
    ///
    /// # Panics
    /// Where the model answers one of them with an error.
    #[must_use]
    #[track_caller]
    pub fn given(self, operations: impl IntoIterator<Item = O>) -> Self {
        for operation in operations {
            let answer = self.answer(&operation);
            assert!(
                !answer.is_error(),
                "given `{operation:?}`, which the model answers with {answer:?}"
            );
        }
        self
    }

    fn answer(&self, operation: &O) -> O::Outcome {
        let answers = self.answers.lock();
        // A model that panicked is the test's concern, and has told it.
        let mut answers = answers.unwrap_or_else(PoisonError::into_inner);
        answers.answer(operation)
    }
}

impl<O: Intercept + Send> Stub<O>
where
    O::Outcome: Send,
{
    /// The stub as an implementation.
    pub fn object(&self) -> Box<O::Object<'static>> {
        let stub = Self {
            answers: Arc::clone(&self.answers),
        };
        O::decorated(None, Arc::new(stub))
    }
}

/// Answers calls. The type of the model is nobody else's concern.
trait Answers<O: Operation>: Send {
    fn answer(&mut self, operation: &O) -> O::Outcome;
}

struct Answering<M> {
    model: M,
    time: Time,
    at: Duration,
}

impl<O: ModelledBy<M>, M: Model + Send> Answers<O> for Answering<M> {
    fn answer(&mut self, operation: &O) -> O::Outcome {
        let now = self.time.passed();
        self.model.advance(now.saturating_sub(self.at));
        self.at = self.at.max(now);
        operation.on_model(&mut self.model)
    }
}

impl<O: Operation> Interceptor<O> for Stub<O>
where
    O::Outcome: Send,
{
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        Box::new(Answered::<O>(Some(self.answer(&operation))))
    }

    fn passed_on(&self, method: &'static str) {
        let undriven = O::CONTRACT.undriven(method);
        let why = undriven.map_or("it borrows what it answers", |undriven| undriven.why);
        panic!(
            "a stub cannot answer `{}::{method}`: {why}",
            O::CONTRACT.name
        );
    }
}

struct Answered<O: Operation>(Option<O::Outcome>);

impl<O: Operation> Plan<O> for Answered<O> {
    fn next(&mut self, _: Option<O::Outcome>) -> Next<O> {
        Next::Answer(self.0.take().expect("a call is answered once"))
    }
}
