//! Answers that are errors, made from errors: whoever makes a call fail has an error of the contract, and no answer yet.

use std::any::{Any, TypeId, type_name};

/// The type of a method's errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ErrorType {
    /// Which it is.
    pub id: TypeId,
    /// Its name, for people.
    pub name: &'static str,
}

impl ErrorType {
    /// That of `E`.
    pub fn of<E: 'static>() -> Self {
        Self {
            id: TypeId::of::<E>(),
            name: type_name::<E>(),
        }
    }

    /// That of the errors of the answer `R`.
    pub fn of_answer<R: Fallible>() -> Self {
        Self::of::<R::Error>()
    }
}

/// An answer that can be an error, whatever its type is called.
pub trait Fallible {
    /// The error.
    type Error: 'static;

    /// The answer that is an error.
    fn failed(error: Self::Error) -> Self;
}

impl<T, E: 'static> Fallible for Result<T, E> {
    type Error = E;

    fn failed(error: E) -> Self {
        Err(error)
    }
}

/// The answer that is `error`, where that is of its type.
pub fn failed<R: Fallible>(error: Box<dyn Any>) -> Option<R> {
    let error = error.downcast::<R::Error>().ok()?;
    Some(R::failed(*error))
}
