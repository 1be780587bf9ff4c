//! Making a call that is a value: on an implementation, and on a model.

use std::future::Future;

use super::Operation;

/// Operations of a contract that `S` implements. Calls exclude each other.
pub trait Drive<S: ?Sized>: Operation {
    /// What yields the answer.
    type Driven<'a>: Future<Output = Self::Outcome>
    where
        S: 'a;

    /// Calls the method.
    fn drive<'a>(&'a self, subject: &'a mut S) -> Self::Driven<'a>;
}

/// Operations of a contract that `S` implements, and whose methods all take `&self`.
pub trait DriveShared<S: ?Sized>: Operation {
    /// What yields the answer.
    type Driven<'a>: Future<Output = Self::Outcome>
    where
        S: 'a;

    /// Calls the method.
    fn drive_shared<'a>(&'a self, subject: &'a S) -> Self::Driven<'a>;
}

/// Operations of a contract that `S` implements, some of whose methods take `&self`, and others `&mut self`.
pub trait DriveReading<S: ?Sized>: Operation {
    /// What yields the answer.
    type Driven<'a>: Future<Output = Self::Outcome>
    where
        S: 'a;

    /// Calls the method.
    ///
    /// # Panics
    /// Where that takes `&mut self`.
    fn drive_reading<'a>(&'a self, subject: &'a S) -> Self::Driven<'a>;
}

/// Operations that the model `M` can answer.
#[diagnostic::on_unimplemented(
    message = "`{M}` is no model of the contract whose operations are `{Self}`",
    note = "a model implements `contrait::check::Model` and, for a trait `Mailbox` with async methods, `MailboxModel`; for a trait with sync methods, the trait itself"
)]
pub trait ModelledBy<M>: Operation {
    /// What the model answers. It changes as it should.
    fn on_model(&self, model: &mut M) -> Self::Outcome;
}
