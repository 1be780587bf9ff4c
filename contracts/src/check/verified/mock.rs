//! A mock whose answers are judged.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::history::History;
use super::judge::Judge;
use super::possible::Possible;
use super::time::Time;
use crate::check::intercept::{Intercept, Interceptor, Next, Plan};
use crate::check::model::Model;
use crate::check::operation::{ModelledBy, Operation, Outcome};

/// Judges what a mock answers by the reference model of its contract, whose operations are `O`.
///
/// The first answer that no implementation could give fails the test at once, and says what was called before, what the mock
/// said and what the model allows. An error that comes from outside is possible at any time, and leaves open whether the
/// call was carried out; [`Model::error`] knows which those are.
///
/// ```
/// # #[cfg(feature = "mock")] {
/// use contrait::cache::{CacheInterface, CacheInterfaceOperation, CacheLimits, MockCacheInterface};
/// use contrait::cache::model::CacheModel;
/// use contrait::check::Verified;
/// # use std::time::Duration;
///
/// let mut mock = MockCacheInterface::new();
/// mock.expect_get().returning(|_| Ok(Some("v".into())));
///
/// let limits = CacheLimits::new(250, 1 << 20, Duration::from_millis(1));
/// let cache = Verified::<CacheInterfaceOperation>::new(CacheModel::new(limits))
///     .given([CacheInterfaceOperation::Set { key: "k".into(), value: b"v".to_vec(), ttl: None }])
///     .around(Box::new(mock));
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(cache.get("k").await?.as_deref(), Some(&b"v"[..]));
/// // `cache.get("another")` would panic: nothing was ever stored there.
/// # Ok::<(), contrait::cache::CacheError>(())
/// # }).unwrap();
/// # }
/// ```
///
/// Time passes for the model as tokio's clock says, paused or not. Calls may overlap, and a call that is dropped may have
/// been carried out. What was refused is said again when this and the mock are dropped: a test whose calls are made in
/// tasks, where nobody sees a panic, keeps this until its end.
pub struct Verified<O: Operation> {
    state: Arc<Mutex<State<O>>>,
}

struct State<O: Operation> {
    judge: Box<dyn Judge<O>>,
    history: History,
    time: Time,
    calls: u64,
    /// Methods whose calls need not be judged.
    unverified: Vec<&'static str>,
    refused: Option<String>,
}

impl<O: Operation> Verified<O> {
    /// Judges by `model`, in the state that it is in.
    pub fn new<M: Model + Send + 'static>(model: M) -> Self
    where
        O: ModelledBy<M> + Send,
        O::Outcome: Send + Sync,
    {
        let state = State {
            judge: Box::new(Possible::new(model)),
            history: History::default(),
            time: Time::default(),
            calls: 0,
            unverified: Vec::new(),
            refused: None,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Brings the model into the state that the mock takes for granted: these calls have been made.
    ///
    /// # Panics
    /// Where the model answers one of them with an error.
    #[must_use]
    #[track_caller]
    pub fn given(self, operations: impl IntoIterator<Item = O>) -> Self {
        let mut state = self.lock();
        for operation in operations {
            let answer = state.judge.give(&operation);
            assert!(
                !answer.is_error(),
                "given `{operation:?}`, which the model answers with {answer:?}"
            );
            state.history.given(&operation);
        }
        drop(state);
        self
    }

    /// Lets calls of a method pass that cannot be judged: those that are no operations, and those that borrow what they
    /// answer.
    #[must_use]
    pub fn unverified(self, method: &'static str) -> Self {
        self.lock().unverified.push(method);
        self
    }

    fn lock(&self) -> MutexGuard<'_, State<O>> {
        // A panic is what a refusal is.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another handle on the same.
    fn shared(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

impl<O: Intercept + Send> Verified<O>
where
    O::Outcome: Send + Sync,
{
    /// The mock, verified. It may borrow, as a `Box<&MockMailbox>` does.
    pub fn around<'s>(&self, mock: Box<O::Object<'s>>) -> Box<O::Object<'s>> {
        O::intercept(mock, Arc::new(self.shared()))
    }
}

impl<O: Operation> State<O> {
    fn begin(&mut self, operation: &O) -> u64 {
        if let Some(refused) = &self.refused {
            panic!("{refused}");
        }
        self.calls += 1;
        let now = self.time.passed();
        self.history.begin(self.calls, operation, now);
        self.judge.begin(self.calls, operation.clone());
        self.calls
    }

    fn answered(&mut self, id: u64, answer: &O::Outcome) -> Result<(), String> {
        let (now, slack) = (self.time.passed(), self.time.really_passed());
        let judged = self.judge.answered(id, answer, now, slack);
        let effect = judged.as_ref().ok().copied();
        self.history.answered(id, answer, effect);
        judged.map(drop).map_err(|refusal| {
            let method = O::CONTRACT.methods[answer.method()].name;
            let text = self.history.refusal::<O>(id, method, &refusal);
            self.refused = Some(text.clone());
            text
        })
    }

    fn never_answered(&mut self, id: u64) {
        self.history.never_answered(id);
        self.judge.leave_open(id);
    }
}

impl<O: Operation> Drop for State<O> {
    fn drop(&mut self) {
        if let Some(refused) = self.refused.take()
            && !thread::panicking()
        {
            panic!("{refused}");
        }
    }
}

impl<O: Operation + Send> Interceptor<O> for Verified<O>
where
    O::Outcome: Send + Sync,
{
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        let id = self.lock().begin(&operation);
        Box::new(Judged {
            verified: self.shared(),
            id,
            operation: Some(operation),
            answered: false,
        })
    }

    fn passed_on(&self, method: &'static str) {
        let undriven = O::CONTRACT.undriven(method);
        let declared = undriven.is_some_and(|undriven| undriven.declared);
        if declared || self.lock().unverified.contains(&method) {
            return;
        }
        let why = undriven.map_or("it borrows what it answers", |undriven| undriven.why);
        panic!(
            "what a mock answers to `{}::{method}` cannot be verified: {why}; let it pass with `unverified(\"{method}\")`",
            O::CONTRACT.name
        );
    }
}

/// A call whose answer is going to be judged.
struct Judged<O: Operation> {
    verified: Verified<O>,
    id: u64,
    operation: Option<O>,
    answered: bool,
}

impl<O: Operation> Plan<O> for Judged<O> {
    fn next(&mut self, ran: Option<O::Outcome>) -> Next<O> {
        if let Some(operation) = self.operation.take() {
            return Next::Run(operation);
        }
        let answer = ran.expect("the mock has answered");
        self.answered = true;
        let judged = self.verified.lock().answered(self.id, &answer);
        if let Err(refusal) = judged {
            panic!("{refusal}");
        }
        Next::Answer(answer)
    }
}

impl<O: Operation> Drop for Judged<O> {
    fn drop(&mut self) {
        if !self.answered {
            self.verified.lock().never_answered(self.id);
        }
    }
}
