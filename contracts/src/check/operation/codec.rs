//! How the arguments of a parameter are made, kept and printed: by their type, or by a strategy of the user's.

use std::any::Any;
use std::borrow::Cow;

use serde_json::Value;

use super::argument::Argument;
use super::made::{Made, Origin};
use super::method::Form;
use crate::check::generate::Draw;

/// How arguments of type `T` are made, kept and printed.
pub trait Codec<T>: Copy {
    /// See [`Argument::generate`].
    fn generate(&self, draw: &mut Draw<'_>) -> T;
    /// See [`Argument::simpler`].
    fn simpler(&self, value: &T) -> Vec<T>;
    /// The value as JSON.
    fn to_json(&self, value: &T) -> Value;
    /// The value that JSON stands for.
    ///
    /// # Errors
    /// Where it is none, in words.
    fn parse_json(&self, json: &Value) -> Result<T, String>;
    /// A Rust expression of the value, as a call passes it.
    fn source(&self, value: &T, form: Form) -> String;
    /// See [`Argument::key`].
    fn key<'v>(&self, value: &'v T) -> Cow<'v, str>;

    /// Where the value is to come from, where an earlier step makes it.
    fn origin_mut<'v>(&self, value: &'v mut T) -> Option<&'v mut Origin> {
        let _ = value;
        None
    }

    /// Puts in what its step has made, and says whether it has made it.
    fn bind(&self, value: &mut T, made: &[Box<dyn Made>]) -> bool {
        let _ = (value, made);
        true
    }
}

/// By their type, which is an [`Argument`].
#[derive(Clone, Copy, Debug)]
pub struct ByType;

impl<T: Argument> Codec<T> for ByType {
    fn generate(&self, draw: &mut Draw<'_>) -> T {
        T::generate(draw)
    }

    fn simpler(&self, value: &T) -> Vec<T> {
        value.simpler()
    }

    fn to_json(&self, value: &T) -> Value {
        to_json(value)
    }

    fn parse_json(&self, json: &Value) -> Result<T, String> {
        T::deserialize(json).map_err(|error| error.to_string())
    }

    fn source(&self, value: &T, form: Form) -> String {
        match form {
            Form::Borrowed => value.borrowed_source(),
            Form::OptionBorrowed => format!("{}.as_deref()", value.source()),
            Form::OptionRef => format!("{}.as_ref()", value.source()),
            Form::Owned => value.source(),
        }
    }

    fn key<'v>(&self, value: &'v T) -> Cow<'v, str> {
        value.key()
    }
}

/// A value as JSON; its `Debug` text where it has no form in JSON.
pub(super) fn to_json<T: serde::Serialize + std::fmt::Debug>(value: &T) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| Value::String(format!("{value:?}")))
}

/// An argument that is looked at.
pub trait Field {
    /// The value as JSON.
    fn to_json(&self) -> Value;
    /// A Rust expression of the value, as a call passes it.
    fn source(&self, form: Form) -> String;
    /// The value itself.
    fn value(&self) -> &dyn Any;
}

/// An argument that may be changed.
pub trait Slot: Field {
    /// Values that are simpler, the simplest first.
    fn simpler(&self) -> Vec<Box<dyn Any>>;
    /// Puts `value` in its place, where that is of its type.
    fn replace(&mut self, value: &dyn Any);
    /// Where it is to come from, where an earlier step makes it.
    fn origin_mut(&mut self) -> Option<&mut Origin>;
    /// Puts in what its step has made, and says whether it has made it.
    fn bind(&mut self, made: &[Box<dyn Made>]) -> bool;
}

impl<T: Clone + 'static, C: Codec<T>> Field for (&T, C) {
    fn to_json(&self) -> Value {
        self.1.to_json(self.0)
    }

    fn source(&self, form: Form) -> String {
        self.1.source(self.0, form)
    }

    fn value(&self) -> &dyn Any {
        self.0
    }
}

impl<T: Clone + 'static, C: Codec<T>> Field for (&mut T, C) {
    fn to_json(&self) -> Value {
        self.1.to_json(self.0)
    }

    fn source(&self, form: Form) -> String {
        self.1.source(self.0, form)
    }

    fn value(&self) -> &dyn Any {
        self.0
    }
}

impl<T: Clone + 'static, C: Codec<T>> Slot for (&mut T, C) {
    fn simpler(&self) -> Vec<Box<dyn Any>> {
        let simpler = self.1.simpler(self.0).into_iter();
        simpler.map(|value| Box::new(value) as _).collect()
    }

    fn origin_mut(&mut self) -> Option<&mut Origin> {
        self.1.origin_mut(self.0)
    }

    fn bind(&mut self, made: &[Box<dyn Made>]) -> bool {
        self.1.bind(self.0, made)
    }

    fn replace(&mut self, value: &dyn Any) {
        if let Some(value) = value.downcast_ref::<T>() {
            *self.0 = value.clone();
        }
    }
}
