//! The reference: a contract as plain data.

use std::fmt::Debug;
use std::time::Duration;

/// A model of a contract: its behaviour as plain data, single-threaded, with time that stands still until it is told.
///
/// The methods are those of the contract without the waiting. For a trait `Mailbox` with async methods `#[contract]`
/// writes a trait `MailboxModel`, whose methods are sync and take `&mut self`; a trait that is sync anyway is
/// implemented by its model itself.
///
/// A clone is independent of what it was cloned from: checks keep several states side by side.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no model: `impl contrait::check::Model for {Self} {{}}` is missing",
    label = "is no `Model`",
    note = "its methods have defaults; the behaviour stands in an impl beside it: of the contract itself, or of `MailboxModel` for a contract `Mailbox` with async methods"
)]
pub trait Model: Clone + Debug {
    /// Lets `by` pass. For contracts where nothing goes by itself there is nothing to do.
    fn advance(&mut self, by: Duration) {
        let _ = by;
    }

    /// What an error of this kind says of the call that it answers.
    ///
    /// Of the kinds that the model answers itself it need not know. A kind is what `kind()` of the error is, or else its
    /// variant.
    fn error(&self, kind: &str) -> Effect {
        let _ = kind;
        Effect::Modelled
    }

    /// The step in which the implementation beside it keeps time: an entry may outlive its time by so much, and within
    /// it either answer is right.
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }
}

/// What an error says of the call that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What the model says: it answers the same in the same state, and an implementation answers it then alone.
    Modelled,
    /// The call was not carried out, for a reason from outside, which can come in any state: permissions, for example.
    Nothing,
    /// From outside as well, and nobody knows whether the call was carried out, or will be: a timeout, for example.
    Unknown,
}
