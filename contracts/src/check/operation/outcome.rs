//! What a call is answered.

use std::any::Any;
use std::fmt::Debug;
use std::time::Duration;

use super::answer::{Types, Value};
use super::compare::Comparison;
use super::kind::variant;
use super::made::Made;

/// What a call is answered: the enum `MailboxOutcome` for a trait `Mailbox`, with a variant a method.
pub trait Outcome: Debug + Sized + 'static {
    /// The position of the method in [`Contract::methods`](super::Contract::methods).
    fn method(&self) -> usize;

    /// Whether `other` is the same answer. Errors are compared by kind. `slack` is by how much the clocks of the two may
    /// differ, for those who compare times.
    fn compare(&self, other: &Self, slack: Duration) -> Comparison;

    /// What kind of answer it is: `Ok(None)`, `Ok(true)`, `Err(InvalidKey)`.
    fn shape(&self) -> String;

    /// Whether it is an `Err`.
    fn is_error(&self) -> bool;

    /// The kind of the error that it is; nothing where it is none.
    fn error_kind(&self) -> Option<String> {
        let shape = self.is_error().then(|| self.shape())?;
        let kind = shape
            .strip_prefix("Err(")
            .and_then(|rest| rest.strip_suffix(')'));
        Some(kind.unwrap_or_default().to_owned())
    }

    /// A Rust expression of the value that is answered, without its `Ok`; nothing for an error, and for what cannot be
    /// written down.
    fn source(&self) -> Option<String>;

    /// Shows each value in it that the implementation made up to `visit`.
    fn each_made(&mut self, visit: &mut dyn FnMut(&mut dyn Made)) {
        let _ = visit;
    }

    /// What can be done with the answers of a method.
    fn types(method: usize) -> Types;

    /// The value that is answered, or the error.
    ///
    /// # Errors
    /// Where an error is answered.
    fn parts(&self) -> Result<&dyn Any, &dyn Any>;

    /// The answer of a method with this value, or this error; nothing where that is of another type.
    fn of_parts(method: usize, parts: Result<Value, Value>) -> Option<Self>;
}

/// A value whose shape is asked for: `(&&&Shape(&value)).shape()`.
pub struct Shape<'v, T: ?Sized>(pub &'v T);

/// Types that have a few shapes.
pub trait ShapeKnown {
    /// The shape, empty where there is only one.
    fn shape(&self) -> String;
}

/// All others with `Debug`: enums have a shape a variant.
pub trait ShapeVariant {
    /// The shape, empty where there is only one.
    fn shape(&self) -> String;
}

/// What shows nothing has one shape.
pub trait ShapeOpaque {
    /// The shape, empty where there is only one.
    fn shape(&self) -> String;
}

impl ShapeKnown for &&Shape<'_, bool> {
    fn shape(&self) -> String {
        self.0.to_string()
    }
}

impl<T> ShapeKnown for &&Shape<'_, Option<T>> {
    fn shape(&self) -> String {
        if self.0.is_some() { "Some" } else { "None" }.to_owned()
    }
}

impl<T> ShapeKnown for &&Shape<'_, Vec<T>> {
    fn shape(&self) -> String {
        if self.0.is_empty() { "[]" } else { "[_]" }.to_owned()
    }
}

impl<T: Debug + ?Sized> ShapeVariant for &Shape<'_, T> {
    fn shape(&self) -> String {
        let name = variant(&format!("{:?}", self.0));
        if name.starts_with(char::is_uppercase) {
            name
        } else {
            String::new()
        }
    }
}

impl<T: ?Sized> ShapeOpaque for Shape<'_, T> {
    fn shape(&self) -> String {
        String::new()
    }
}

/// `Ok` or `Err` around a shape, which may be empty.
pub fn shape_within(around: &str, shape: &str) -> String {
    match shape {
        "" => around.to_owned(),
        shape => format!("{around}({shape})"),
    }
}
