//! What a case returns, and what that means: `()`, any `Result` with a `Debug` error, or anything else that
//! implements `Termination`.
//!
//! Stable Rust has no specialization, so a method call finds the better of two traits: the call is
//! `(&Returning::new(value)).returned()`.

use std::cell::Cell;
use std::fmt::Debug;
use std::process::{ExitCode, Termination};

/// `Err` holds why the case failed.
pub type Returned = Result<(), String>;

/// The value that a case returned.
pub struct Returning<T>(Cell<Option<T>>);

impl<T> Returning<T> {
    /// Wraps what a case returned.
    pub fn new(value: T) -> Self {
        Self(Cell::new(Some(value)))
    }
}

/// A case that returns a `Result`: the error is the reason of its failure.
pub trait ReturnedResult {
    /// Whether the case passed.
    fn returned(&self) -> Returned;
}

/// A case that returns anything that a `main` may return. `T` is a parameter so that the method can bound it: a bound
/// on the impl would only say that there is no such method.
pub trait ReturnedTermination<T> {
    /// Whether the case passed.
    fn returned(&self) -> Returned
    where
        T: CaseReturn;
}

impl<T: CaseReturn, E: Debug> ReturnedResult for Returning<Result<T, E>> {
    fn returned(&self) -> Returned {
        match self.0.take() {
            Some(Err(error)) => Err(format!("the case returned Err({error:?})")),
            Some(Ok(value)) => value.passed(),
            None => Ok(()),
        }
    }
}

impl<T> ReturnedTermination<T> for &Returning<T> {
    fn returned(&self) -> Returned
    where
        T: CaseReturn,
    {
        self.0.take().map_or(Ok(()), CaseReturn::passed)
    }
}

/// What a case may return.
#[diagnostic::on_unimplemented(
    message = "a case cannot return `{Self}`",
    note = "it returns `()`, a `Result` whose error is `Debug`, or anything that implements `Termination`"
)]
pub trait CaseReturn: Sized {
    /// Whether the case passed.
    fn passed(self) -> Returned;
}

impl<T: Termination> CaseReturn for T {
    fn passed(self) -> Returned {
        let code = self.report();
        if code == ExitCode::SUCCESS {
            Ok(())
        } else {
            Err(format!("the case returned {code:?}"))
        }
    }
}
