//! Which calls a fault is to meet, and what is to become of them.

use std::any::{TypeId, type_name};
use std::sync::Arc;
use std::time::Duration;

use super::rule::{Answer, Calls, Effect, Rule};
use super::{Fault, Faults};
use crate::check::intercept::Intercept;
use crate::check::operation::{Abilities, Outcome, Value};

/// Which calls a fault is to meet. It is there from the call that says what is to happen.
#[must_use = "nothing happens before it is said what is to happen"]
pub struct Matching<O: Intercept> {
    faults: Faults<O>,
    calls: Calls<O>,
}

impl<O: Intercept> Matching<O> {
    pub(super) fn new(faults: Faults<O>, method: Option<usize>) -> Self {
        let calls = Calls {
            method,
            predicates: Vec::new(),
        };
        Self { faults, calls }
    }

    /// Only calls for which this holds. It is asked while the faults stand still, so it must make no call itself.
    pub fn when(mut self, holds: impl Fn(&O) -> bool + Send + Sync + 'static) -> Self {
        self.calls.predicates.push(Arc::new(holds));
        self
    }

    /// The call is not carried out, and answers this error.
    ///
    /// # Panics
    /// Where the errors of the method are of another type. Of all methods it meets those whose errors are of this one.
    #[track_caller]
    pub fn error<E: 'static>(self, error: impl Fn() -> E + Send + Sync + 'static) -> Fault<O> {
        self.failing(error, false)
    }

    /// The call is carried out, and answers this error all the same.
    ///
    /// # Panics
    /// As [`error`](Self::error).
    #[track_caller]
    pub fn error_after_effect<E: 'static>(
        self,
        error: impl Fn() -> E + Send + Sync + 'static,
    ) -> Fault<O> {
        self.failing(error, true)
    }

    /// The call is not carried out, and answers this. It has to be an answer of the method.
    pub fn answer(self, answer: impl Fn() -> O::Outcome + Send + Sync + 'static) -> Fault<O> {
        self.install(Effect::Answer(Arc::new(move |_| answer())), false)
    }

    /// The call is carried out, and answers this all the same.
    pub fn answer_after_effect(
        self,
        answer: impl Fn() -> O::Outcome + Send + Sync + 'static,
    ) -> Fault<O> {
        self.install(Effect::Answer(Arc::new(move |_| answer())), true)
    }

    /// The call is carried out later: on tokio's clock, paused or not; a sync one blocks its thread.
    pub fn delay(self, by: Duration) -> Fault<O> {
        self.install(Effect::Delay(by), false)
    }

    /// The call is carried out, and answers later.
    pub fn delay_after_effect(self, by: Duration) -> Fault<O> {
        self.install(Effect::Delay(by), true)
    }

    /// The call is not carried out, and never answers. A sync one panics, since nobody could stop it.
    pub fn hang(self) -> Fault<O> {
        self.install(Effect::Hang, false)
    }

    /// The call is carried out, and never answers. A sync one panics.
    pub fn hang_after_effect(self) -> Fault<O> {
        self.install(Effect::Hang, true)
    }

    /// The call is not carried out, and panics.
    pub fn panic(self, message: &'static str) -> Fault<O> {
        self.install(Effect::Panic(message), false)
    }

    #[track_caller]
    fn failing<E: 'static>(
        mut self,
        error: impl Fn() -> E + Send + Sync + 'static,
        after: bool,
    ) -> Fault<O> {
        let fits = |method| error_of::<O>(method).is_some_and(|ty| ty.id == TypeId::of::<E>());
        match self.calls.method {
            Some(method) => assert!(fits(method), "{}", misfit::<O>(method, type_name::<E>())),
            None => {
                let methods = 0..O::CONTRACT.methods.len();
                let contract = O::CONTRACT.name;
                assert!(
                    methods.clone().any(fits),
                    "no method of `{contract}` answers the error `{}`",
                    type_name::<E>()
                );
                let fitting: Vec<usize> = methods.filter(|method| fits(*method)).collect();
                self = self.when(move |call| fitting.contains(&call.method()));
            }
        }
        let answer: Answer<O> = Arc::new(move |method| {
            let error = Err(Box::new(error()) as Value);
            O::Outcome::of_parts(method, error).expect("an error of the method's type")
        });
        self.install(Effect::Answer(answer), after)
    }

    fn install(self, effect: Effect<O>, after: bool) -> Fault<O> {
        let id = {
            let mut state = self.faults.lock();
            state.made += 1;
            let id = state.made;
            state.rules.push(Rule::new(id, self.calls, effect, after));
            id
        };
        Fault::new(self.faults, id)
    }
}

/// The errors of a method, where it has any.
fn error_of<O: Intercept>(method: usize) -> Option<Abilities> {
    O::Outcome::types(method).error
}

/// Why a method does not answer errors of the type `wanted`.
fn misfit<O: Intercept>(method: usize, wanted: &str) -> String {
    let path = format!("{}::{}", O::CONTRACT.name, O::CONTRACT.methods[method].name);
    match error_of::<O>(method) {
        None => format!("`{path}` answers no error"),
        Some(ty) => format!(
            "`{path}` answers the error `{}`, and not `{wanted}`",
            ty.name
        ),
    }
}
