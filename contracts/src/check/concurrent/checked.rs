//! What is checked, and what can be done with it: that depends on types that no expansion can look into.
//!
//! As elsewhere, a method call finds the better of two traits: the call is `(&&checked).identity()`.

use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

use super::identity::Identity;
use super::threads::{self, OnThreads};
use crate::check::modelled::Modelled;
use crate::check::operation::{Drive, DriveShared, Operation};
use crate::runtime::{LocalFuture, Runs};

/// A backend's handles, the operations on them, and the model beside them.
pub struct Checked<'r, O, H: 'static, S: ?Sized, M> {
    pub(crate) runs: &'r Runs<H>,
    pub(crate) subject: fn(&mut H) -> &mut S,
    pub(crate) model: fn(&S) -> M,
    operations: PhantomData<O>,
}

/// What can be done with it.
pub struct Able<O: Operation, H, S: ?Sized, M> {
    /// How states of the model are told apart.
    pub identity: Identity<M>,
    /// How clients that share one handle call it, where they can.
    pub shared: Option<Shared<O, S>>,
    /// How clients with a handle each run on threads, where they can.
    pub threads: Option<OnThreads<O, H, S>>,
    /// How clients that share one handle run on threads, where they can.
    pub shared_threads: Option<OnThreads<O, H, S>>,
}

/// A call of a subject that others call as well.
pub type Shared<O, S> = for<'a> fn(&'a O, &'a S) -> LocalFuture<'a, <O as Operation>::Outcome>;

impl<'r, O, H, S: ?Sized, M> Checked<'r, O, H, S, M> {
    /// What a suite says of itself.
    pub fn new(runs: &'r Runs<H>, modelled: Modelled<O, H, S, M>) -> Self {
        Self {
            runs,
            subject: modelled.subject,
            model: modelled.model,
            operations: PhantomData,
        }
    }
}

/// Models that can be compared.
pub trait IdentityByValue<M> {
    /// See [`Able::identity`].
    fn identity(&self) -> Identity<M>;
}

/// All others.
pub trait IdentityByText<M> {
    /// See [`Able::identity`].
    fn identity(&self) -> Identity<M>;
}

impl<O, H, S: ?Sized, M: Eq + Hash> IdentityByValue<M> for &Checked<'_, O, H, S, M> {
    fn identity(&self) -> Identity<M> {
        Identity::by_value()
    }
}

impl<O, H, S: ?Sized, M: Debug> IdentityByText<M> for Checked<'_, O, H, S, M> {
    fn identity(&self) -> Identity<M> {
        Identity::by_text()
    }
}

/// Contracts whose methods all take `&self`.
pub trait CanShare<O: Operation, S: ?Sized> {
    /// See [`Able::shared`].
    fn shared(&self) -> Option<Shared<O, S>>;
}

/// All others.
pub trait CannotShare<O: Operation, S: ?Sized> {
    /// See [`Able::shared`].
    fn shared(&self) -> Option<Shared<O, S>>;
}

impl<O: DriveShared<S>, H, S: ?Sized + 'static, M> CanShare<O, S> for &Checked<'_, O, H, S, M> {
    fn shared(&self) -> Option<Shared<O, S>> {
        Some(|operation, subject| Box::pin(operation.drive_shared(subject)))
    }
}

impl<O: Operation, H, S: ?Sized, M> CannotShare<O, S> for Checked<'_, O, H, S, M> {
    fn shared(&self) -> Option<Shared<O, S>> {
        None
    }
}

/// Handles that can be sent to threads.
pub trait CanBeSent<O: Operation, H, S: ?Sized> {
    /// See [`Able::threads`].
    fn threads(&self) -> Option<OnThreads<O, H, S>>;
}

/// All others.
pub trait CannotBeSent<O: Operation, H, S: ?Sized> {
    /// See [`Able::threads`].
    fn threads(&self) -> Option<OnThreads<O, H, S>>;
}

impl<O, H, S, M> CanBeSent<O, H, S> for &Checked<'_, O, H, S, M>
where
    O: Drive<S> + Send + Sync,
    O::Outcome: Send + Sync,
    H: Send,
    S: ?Sized + 'static,
{
    fn threads(&self) -> Option<OnThreads<O, H, S>> {
        Some(OnThreads(threads::with_a_handle_each))
    }
}

impl<O: Operation, H, S: ?Sized, M> CannotBeSent<O, H, S> for Checked<'_, O, H, S, M> {
    fn threads(&self) -> Option<OnThreads<O, H, S>> {
        None
    }
}

/// Handles that threads can share.
pub trait CanBeShared<O: Operation, H, S: ?Sized> {
    /// See [`Able::shared_threads`].
    fn shared_threads(&self) -> Option<OnThreads<O, H, S>>;
}

/// All others.
pub trait CannotBeShared<O: Operation, H, S: ?Sized> {
    /// See [`Able::shared_threads`].
    fn shared_threads(&self) -> Option<OnThreads<O, H, S>>;
}

impl<O, H, S, M> CanBeShared<O, H, S> for &Checked<'_, O, H, S, M>
where
    O: DriveShared<S> + Send + Sync,
    O::Outcome: Send + Sync,
    S: ?Sized + Sync + 'static,
{
    fn shared_threads(&self) -> Option<OnThreads<O, H, S>> {
        Some(OnThreads(threads::with_one_handle))
    }
}

impl<O: Operation, H, S: ?Sized, M> CannotBeShared<O, H, S> for Checked<'_, O, H, S, M> {
    fn shared_threads(&self) -> Option<OnThreads<O, H, S>> {
        None
    }
}
