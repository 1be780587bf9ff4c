//! Operations and answers as Rust: what a report shows is what a user can paste.

use std::fmt;

use super::{Argument, Field, Operation};

/// The call as Rust, without the subject: `set("k", b"v", None)`.
pub fn call_source<O: Operation>(operation: &O) -> String {
    let mut arguments = Vec::new();
    operation.visit(&mut |parameter, field: &dyn Field| {
        arguments.push(field.source(parameter.form));
    });
    format!("{}({})", operation.about().name, arguments.join(", "))
}

/// `Debug` of an operation: the call as Rust.
///
/// # Errors
/// That of the formatter.
pub fn fmt_operation<O: Operation>(operation: &O, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&call_source(operation))
}

/// An answer that is asked for as Rust: `(&&Source(&value)).source()`.
pub struct Source<'v, T: ?Sized>(pub &'v T);

/// Answers whose type can be an argument's.
pub trait SourceArgument {
    /// A Rust expression, where the value can be written as one.
    fn source(&self) -> Option<String>;
}

/// All others.
pub trait SourceOpaque {
    /// A Rust expression, where the value can be written as one.
    fn source(&self) -> Option<String>;
}

impl<T: Argument> SourceArgument for &Source<'_, T> {
    fn source(&self) -> Option<String> {
        Some(self.0.source())
    }
}

impl<T: ?Sized> SourceOpaque for Source<'_, T> {
    fn source(&self) -> Option<String> {
        None
    }
}
