//! The operations of a contract as values: what a call asks for, and what it is answered.
//!
//! `#[contract]` writes an enum of each for a trait, and the impls of the traits in here, which is all that the checks
//! know of a contract. Arguments are owned, so that a call can be generated, kept, shrunk, printed and made again.

mod answer;
mod argument;
mod build;
mod codec;
mod compare;
mod drive;
mod json;
mod kind;
mod made;
mod method;
#[cfg(not(feature = "proptest"))]
mod no_strategy;
mod outcome;
mod show;
mod spoil;
mod standard;
#[cfg(feature = "proptest")]
mod strategy;

use std::borrow::Cow;
use std::fmt;

pub use answer::{
    Abilities, Copied, Defaulted, NotCopied, NotDefaulted, Of, Types, Value, around, copy, plain,
    with_error_of, within,
};
pub use argument::Argument;
pub use build::Build;
pub use codec::{ByType, Codec, Field, Slot};
pub use compare::{By, Compare, CompareNothing, CompareText, CompareValue, Comparison};
pub use drive::{Drive, DriveReading, DriveShared, ModelledBy};
pub use json::{deserialize, serialize};
pub use kind::{KindDebug, KindOpaque, KindText, KindVariant, NoKind, Unkinded};
pub(crate) use made::origin;
pub use made::{Bound, ByBinding, Made, Makes, Origin};
pub use method::{Contract, Form, Method, Parameter, Role, Undriven};
#[cfg(not(feature = "proptest"))]
pub use no_strategy::{Strategy, by_strategy};
pub use outcome::{Outcome, Shape, ShapeKnown, ShapeOpaque, ShapeVariant, shape_within};
pub use show::{Source, SourceArgument, SourceOpaque, call_source, fmt_operation};
pub use spoil::{
    Nature, NatureDefault, NatureKnown, NatureOfContainer, NatureOfItems, NatureUnknown, Spoil,
};
#[cfg(feature = "proptest")]
pub use strategy::{ByStrategy, by_strategy};

/// A call of a method of a contract, with all its arguments.
///
/// `#[contract]` writes it: for a trait `Mailbox` it is the enum `MailboxOperation`, with a variant a method and a field
/// an argument.
pub trait Operation: Clone + fmt::Debug + 'static {
    /// What a call is answered: the enum `MailboxOutcome`.
    type Outcome: Outcome;

    /// What is known of the trait.
    const CONTRACT: &'static Contract;

    /// The position of its method in [`Contract::methods`].
    fn method(&self) -> usize;

    /// A call of a method, whose arguments are those that `build` gives.
    ///
    /// # Errors
    /// That of `build`.
    fn build<B: Build>(method: usize, build: &mut B) -> Result<Self, B::Error>;

    /// Shows each argument to `visit`, in the order of the parameters.
    fn visit(&self, visit: &mut dyn FnMut(&'static Parameter, &dyn Field));

    /// Shows each argument to `visit`, which may change it.
    fn visit_mut(&mut self, visit: &mut dyn FnMut(&'static Parameter, &mut dyn Slot));

    /// The argument that is marked `#[key]`, where there is exactly one and it is no list.
    fn key(&self) -> Option<Cow<'_, str>>;

    /// What is known of its method.
    fn about(&self) -> &'static Method {
        &Self::CONTRACT.methods[self.method()]
    }
}
