//! A subject whose calls somebody decides about: what is run, how often, when, and what is answered.
//!
//! One decorator serves all who stand between a caller and an implementation: those who inject faults, who break it on
//! purpose, who watch, and who answer in its stead. What becomes of a call is plain data, step by step, so that the
//! same decision works for sync and async methods.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::operation::Operation;

/// Decides about calls.
pub trait Interceptor<O: Operation>: Send + Sync {
    /// A call has come: what is to become of it?
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send>;

    /// A call has come that cannot stand as an operation. It goes straight to the subject.
    fn passed_on(&self, method: &'static str) {
        let _ = method;
    }
}

/// What becomes of one call.
pub trait Plan<O: Operation> {
    /// The next step. `ran` is what the step before answered, where that was a [`Next::Run`].
    fn next(&mut self, ran: Option<O::Outcome>) -> Next<O>;
}

/// A step of a plan.
pub enum Next<O: Operation> {
    /// Calls the subject, with this operation.
    Run(O),
    /// Waits on tokio's clock; in a sync method, which knows no clock, for as long as it says.
    Wait(Duration),
    /// Lets what else is ready run first. Not for sync methods, which nothing else runs beside.
    Yield,
    /// Never answers. A sync method panics instead, since nobody could stop it.
    Hang,
    /// Panics.
    Panic(&'static str),
    /// Answers the caller.
    Answer(O::Outcome),
}

/// A subject whose calls go through an [`Interceptor`]. It implements the contract whose operations are `O`.
pub struct Intercepted<T: ?Sized, O: Operation> {
    interceptor: Arc<dyn Interceptor<O>>,
    /// Nobody is behind an interceptor that answers everything itself.
    subject: Option<Box<T>>,
}

/// Operations of a contract of which there can be trait objects, which are `Object`.
#[diagnostic::on_unimplemented(
    message = "calls of this contract cannot be intercepted",
    note = "its trait has to be one that there can be objects of, and not generic"
)]
pub trait Intercept: Operation {
    /// The trait as an object, which may borrow for `'s`.
    type Object<'s>: ?Sized;

    /// Puts `interceptor` in front of `subject`. Without one, every step of a plan that runs a call panics.
    fn decorated<'s>(
        subject: Option<Box<Self::Object<'s>>>,
        interceptor: Arc<dyn Interceptor<Self>>,
    ) -> Box<Self::Object<'s>>;

    /// Puts `interceptor` in front of `subject`.
    fn intercept<'s>(
        subject: Box<Self::Object<'s>>,
        interceptor: Arc<dyn Interceptor<Self>>,
    ) -> Box<Self::Object<'s>> {
        Self::decorated(Some(subject), interceptor)
    }
}

impl<T: ?Sized, O: Operation> Intercepted<T, O> {
    #[doc(hidden)]
    pub fn new(subject: Option<Box<T>>, interceptor: Arc<dyn Interceptor<O>>) -> Self {
        Self {
            interceptor,
            subject,
        }
    }

    /// What stands behind the interceptor.
    ///
    /// # Panics
    /// Where nobody does.
    pub fn subject(&self) -> &T {
        self.subject.as_deref().unwrap_or_else(|| nobody())
    }

    /// What stands behind the interceptor.
    ///
    /// # Panics
    /// Where nobody does.
    pub fn subject_mut(&mut self) -> &mut T {
        self.subject.as_deref_mut().unwrap_or_else(|| nobody())
    }

    #[doc(hidden)]
    pub fn passed_on(&self, method: &'static str) -> &T {
        self.interceptor.passed_on(method);
        self.subject()
    }

    #[doc(hidden)]
    pub fn passed_on_mut(&mut self, method: &'static str) -> &mut T {
        self.interceptor.passed_on(method);
        self.subject_mut()
    }

    #[doc(hidden)]
    pub fn passed_on_whole(self, method: &'static str) -> Box<T> {
        self.interceptor.passed_on(method);
        self.subject.unwrap_or_else(|| nobody())
    }

    #[doc(hidden)]
    pub fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        self.interceptor.begin(operation)
    }
}

fn nobody() -> ! {
    panic!("a call was to be run, and nobody stands behind the interceptor")
}

/// Comes back to the caller's runtime once.
#[doc(hidden)]
pub async fn let_others_run() {
    tokio::task::yield_now().await;
}

/// Waits. A sync call, which is polled once, waits by `blocking`.
#[doc(hidden)]
pub async fn wait(time: Duration, blocking: bool) {
    if blocking {
        std::thread::sleep(time);
    } else {
        tokio::time::sleep(time).await;
    }
}

impl<T: fmt::Debug + ?Sized, O: Operation> fmt::Debug for Intercepted<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => subject.fmt(f),
            None => f.write_str(O::CONTRACT.name),
        }
    }
}

impl<T: fmt::Display + ?Sized, O: Operation> fmt::Display for Intercepted<T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => subject.fmt(f),
            None => f.write_str(O::CONTRACT.name),
        }
    }
}

impl<T: Error + ?Sized, O: Operation> Error for Intercepted<T, O> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.subject.as_ref()?.source()
    }
}

/// What a call yields that waits for nothing but what its plan says, and is made by a sync method.
///
/// # Panics
/// Where the plan waits for ever.
#[doc(hidden)]
pub fn now<R>(call: impl Future<Output = R>) -> R {
    let mut call = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match call.as_mut().poll(&mut context) {
        std::task::Poll::Ready(answer) => answer,
        std::task::Poll::Pending => panic!("the call never answers"),
    }
}
