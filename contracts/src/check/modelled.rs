//! What a suite says of its subject and of the model beside it, on which all its checks stand.
//!
//! What is no model is to be said once, at the user's type, and not by every check. So a method call finds the best of
//! three traits, as elsewhere: the call is `(&&&modelled).known()`. The lesser two ask for what is missing, and answer for
//! some model, of which the compiler has nothing more to say.

use std::marker::PhantomData;

use super::model::Model;
use super::operation::ModelledBy;

/// How to come to the subject in a handle, and to the model beside it.
pub struct Modelled<O, H: 'static, S: ?Sized, M> {
    /// The subject.
    pub subject: fn(&mut H) -> &mut S,
    /// The model.
    pub model: fn(&S) -> M,
    operations: PhantomData<O>,
}

impl<O, H, S: ?Sized, M> Modelled<O, H, S, M> {
    /// What a suite says of itself.
    pub fn new(
        operations: PhantomData<O>,
        subject: fn(&mut H) -> &mut S,
        model: fn(&S) -> M,
    ) -> Self {
        Self {
            subject,
            model,
            operations,
        }
    }
}

impl<O, H, S: ?Sized, M> Clone for Modelled<O, H, S, M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, H, S: ?Sized, M> Copy for Modelled<O, H, S, M> {}

/// Models of the contract.
pub trait ModelKnown<O, H: 'static, S: ?Sized, M> {
    /// The same.
    fn known(&self) -> Modelled<O, H, S, M>;
}

/// Models of another one.
pub trait ModelOfAnother<O, H: 'static, S: ?Sized, M> {
    /// Says what is missing.
    fn known<N>(&self) -> Modelled<O, H, S, N>
    where
        O: ModelledBy<M>;
}

/// All others.
pub trait NoModel<O, H: 'static, S: ?Sized, M> {
    /// Says what is missing.
    fn known<N>(&self) -> Modelled<O, H, S, N>
    where
        M: Model;
}

impl<O, H, S: ?Sized, M> ModelKnown<O, H, S, M> for &&Modelled<O, H, S, M>
where
    O: ModelledBy<M>,
    M: Model,
{
    fn known(&self) -> Modelled<O, H, S, M> {
        ***self
    }
}

impl<O, H, S: ?Sized, M: Model> ModelOfAnother<O, H, S, M> for &Modelled<O, H, S, M> {
    fn known<N>(&self) -> Modelled<O, H, S, N>
    where
        O: ModelledBy<M>,
    {
        unreachable!("does not compile")
    }
}

impl<O, H, S: ?Sized, M> NoModel<O, H, S, M> for Modelled<O, H, S, M> {
    fn known<N>(&self) -> Modelled<O, H, S, N>
    where
        M: Model,
    {
        unreachable!("does not compile")
    }
}
