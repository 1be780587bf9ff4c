//! What a case returns, and what that means: `()`, any `Result` with a `Debug` error, or anything else that
//! implements `Termination`.
//!
//! Stable Rust has no specialization, so a method call finds the better of two traits: the call is
//! `(&Returning::of(&value)).judge()`.

use std::fmt::Debug;
use std::marker::PhantomData;
use std::process::{ExitCode, Termination};

/// `Err` holds why the case failed.
pub type Returned = Result<(), String>;

/// The type that a case returns.
pub struct Returning<T>(PhantomData<T>);

impl<T> Returning<T> {
    /// That of a value.
    pub fn of(_: &T) -> Self {
        Self(PhantomData)
    }
}

/// A case that returns a `Result`: the error is the reason of its failure.
pub trait ReturnedResult<T> {
    /// What tells whether the case passed.
    fn judge(&self) -> fn(T) -> Returned;
}

/// A case that returns anything that a `main` may return. `T` is a parameter so that the method can bound it: a bound
/// on the impl would only say that there is no such method.
pub trait ReturnedTermination<T> {
    /// What tells whether the case passed.
    fn judge(&self) -> fn(T) -> Returned
    where
        T: CaseReturn;
}

impl<T: CaseReturn, E: Debug> ReturnedResult<Result<T, E>> for Returning<Result<T, E>> {
    fn judge(&self) -> fn(Result<T, E>) -> Returned {
        |returned| match returned {
            Ok(value) => value.passed(),
            Err(error) => Err(format!("the case returned Err({error:?})")),
        }
    }
}

impl<T> ReturnedTermination<T> for &Returning<T> {
    fn judge(&self) -> fn(T) -> Returned
    where
        T: CaseReturn,
    {
        CaseReturn::passed
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
