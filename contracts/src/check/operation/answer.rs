//! What can be done with answers whose types only the contract knows: copying them, making them up, spoiling them.
//!
//! A contract binds no result to any trait, so what a type can do is asked where it is known, by which of several traits
//! a method call finds first: see [`types!`](crate::__private::types). From then on values are of no type ([`Any`]).

use std::any::{Any, TypeId, type_name};
use std::marker::PhantomData;

use super::Outcome;
use super::spoil::Spoil;

/// A value of some type.
pub type Value = Box<dyn Any>;

/// What the types can do that a method answers with.
#[derive(Clone, Debug)]
pub struct Types {
    /// That of the value.
    pub value: Abilities,
    /// That of the error, where the method returns a `Result`.
    pub error: Option<Abilities>,
}

/// What a type is, and what it can do.
#[derive(Clone, Debug)]
pub struct Abilities {
    /// Which type it is.
    pub id: TypeId,
    /// Its name, for people.
    pub name: &'static str,
    /// Copies a value.
    pub copy: Option<fn(&dyn Any) -> Value>,
    /// Makes one up.
    pub default: Option<fn() -> Value>,
    /// How a value can be wrong and look right.
    pub spoils: Vec<Spoil>,
    /// The shapes that a value can have, where those are known: see [`Outcome::shape`].
    pub shapes: &'static [&'static str],
}

/// A type whose abilities are asked for.
#[derive(Debug)]
pub struct Of<T>(PhantomData<T>);

impl<T> Of<T> {
    /// The type of what a method returns.
    pub const VALUE: Self = Self(PhantomData);
}

impl<T: 'static> Of<T> {
    /// Which type it is.
    pub fn id(&self) -> TypeId {
        TypeId::of::<T>()
    }

    /// Its name, for people.
    pub fn name(&self) -> &'static str {
        type_name::<T>()
    }
}

impl<T, E> Of<Result<T, E>> {
    /// The types within a result.
    pub fn parts(&self) -> (Of<T>, Of<E>) {
        (Of::VALUE, Of::VALUE)
    }
}

/// Types that can be copied.
pub trait Copied {
    /// What copies a value.
    fn copy(&self) -> Option<fn(&dyn Any) -> Value>;
}

/// All others.
pub trait NotCopied {
    /// Nothing copies a value.
    fn copy(&self) -> Option<fn(&dyn Any) -> Value> {
        None
    }
}

impl<T: Clone + 'static> Copied for &Of<T> {
    fn copy(&self) -> Option<fn(&dyn Any) -> Value> {
        Some(|value| Box::new(value.downcast_ref::<T>().expect("of its type").clone()))
    }
}

impl<T> NotCopied for Of<T> {}

/// Types with a default.
pub trait Defaulted {
    /// What makes one up.
    fn default(&self) -> Option<fn() -> Value>;
}

/// All others.
pub trait NotDefaulted {
    /// Nothing makes one up.
    fn default(&self) -> Option<fn() -> Value> {
        None
    }
}

impl<T: Default + 'static> Defaulted for &Of<T> {
    fn default(&self) -> Option<fn() -> Value> {
        Some(|| Box::new(T::default()))
    }
}

impl<T> NotDefaulted for Of<T> {}

/// The value or the error within a result.
///
/// # Errors
/// Where the result is one.
pub fn within<T: 'static, E: 'static>(result: &Result<T, E>) -> Result<&dyn Any, &dyn Any> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(error),
    }
}

/// A result of what stands within it; nothing where that is of other types.
pub fn around<T: 'static, E: 'static>(parts: Result<Value, Value>) -> Option<Result<T, E>> {
    match parts {
        Ok(value) => value.downcast().ok().map(|value| Ok(*value)),
        Err(error) => error.downcast().ok().map(|error| Err(*error)),
    }
}

/// What is answered where there is no error; nothing where it is of another type.
pub fn plain<T: 'static>(parts: Result<Value, Value>) -> Option<T> {
    parts.ok()?.downcast().ok().map(|value| *value)
}

/// A copy of an answer, where its type can be copied. `types` are those of its method.
pub fn copy<R: Outcome>(types: &Types, outcome: &R) -> Option<R> {
    let parts = match outcome.parts() {
        Ok(value) => Ok(types.value.copy?(value)),
        Err(error) => Err(types.error.as_ref()?.copy?(error)),
    };
    R::of_parts(outcome.method(), parts)
}

/// An answer of `method` with the error of `outcome`, which may be that of another method, whose types are `types`.
pub fn with_error_of<R: Outcome>(types: &Types, method: usize, outcome: &R) -> Option<R> {
    let error = outcome.parts().err()?;
    let copy = types.error.as_ref()?.copy?;
    R::of_parts(method, Err(copy(error)))
}
