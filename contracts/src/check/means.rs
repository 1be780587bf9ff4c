//! What judging a suite takes, of a contract whose operations only its own crate can name.
//!
//! A suite hands it out for the type of its handles. Whether a contract can be watched and sabotaged at all is asked
//! where its operations are known: a method call finds the better of two traits, as elsewhere.

use std::marker::PhantomData;
use std::sync::Arc;

use super::coverage::Seen;
use super::intercept::Intercept;
use super::model::Model;
use super::operation::{Contract, Drive, ModelledBy};
use super::strength::{ByModel, Derived, Doubt, Evidence, Known, Saboteur, Scope};
use crate::runtime::Decorator;

/// What judging a suite takes, whose handles are of type `H`.
pub trait Means<H> {
    /// The contract.
    fn contract(&self) -> &'static Contract;
    /// Who looks on from in front of handles, and lets everything through.
    fn watcher(&self) -> Arc<dyn Decorator<H>>;
    /// How often each method was called since this was last asked.
    fn calls(&mut self) -> Vec<usize>;
    /// Has the model answer generated calls, where there is one, for answers that no case sees.
    fn learn(&mut self, handle: &mut H, seed: u64);
    /// What was seen of all calls so far, and what there could have been to see.
    fn seen(&self) -> Seen;
    /// The saboteurs, made of what was seen so far.
    fn saboteurs(&self, scope: Scope) -> Derived;
    /// A saboteur in front of handles, for one run of a case, of at most so many calls.
    fn sabotage(&self, saboteur: &Saboteur, limit: usize) -> Arc<dyn Decorator<H>>;
    /// What the model says of a saboteur, where there is a model. `handle` is one of the backend.
    fn evidence(&self, saboteur: &Saboteur, handle: &mut H, doubt: &Doubt) -> Option<Evidence>;
}

/// What hands out the means of a suite, or why there are none.
pub type MakeMeans<H> = fn() -> Result<Box<dyn Means<H>>, String>;

/// Operations whose means are asked for, on handles of type `H`.
#[derive(Debug)]
pub struct MeansOf<O, H>(PhantomData<(O, fn() -> H)>);

impl<O, H> MeansOf<O, H> {
    /// Those of a contract.
    pub fn new(_: PhantomData<O>) -> Self {
        Self(PhantomData)
    }
}

/// Contracts that can be watched and sabotaged.
pub trait MeansKnown<H> {
    /// The means.
    ///
    /// # Errors
    /// None.
    fn means(&self) -> Result<Box<dyn Means<H>>, String>;
}

/// All others.
pub trait MeansUnknown<H> {
    /// Nothing but why.
    ///
    /// # Errors
    /// Always.
    fn means(&self) -> Result<Box<dyn Means<H>>, String> {
        Err("nobody can stand in front of the handles of this suite unnoticed: its trait has to be one that there can be objects of, not generic, with a method that can be driven, and its cases have to take `&dyn` handles; arguments and answers have to be `Send`, and the arguments `Sync`".to_owned())
    }
}

impl<O> MeansKnown<Box<O::Object<'static>>> for &MeansOf<O, Box<O::Object<'static>>>
where
    O: Intercept + Send + Sync,
    O::Outcome: Send,
{
    fn means(&self) -> Result<Box<dyn Means<Box<O::Object<'static>>>>, String> {
        Ok(Box::new(Known::<O, Box<O::Object<'static>>>::new(None)))
    }
}

impl<O, H> MeansUnknown<H> for MeansOf<O, H> {}

/// Contracts with a model, which can be watched and sabotaged.
pub trait MeansByModel<H, S: ?Sized, M> {
    /// The means.
    ///
    /// # Errors
    /// None.
    fn means_by_model(
        &self,
        subject: fn(&mut H) -> &mut S,
        model: fn(&S) -> M,
    ) -> Result<Box<dyn Means<H>>, String>;
}

/// All others.
pub trait MeansUnknownByModel<H, S: ?Sized, M> {
    /// Nothing but why.
    ///
    /// # Errors
    /// Always.
    fn means_by_model(
        &self,
        _: fn(&mut H) -> &mut S,
        _: fn(&S) -> M,
    ) -> Result<Box<dyn Means<H>>, String>;
}

impl<O, S, M> MeansByModel<Box<O::Object<'static>>, S, M> for &MeansOf<O, Box<O::Object<'static>>>
where
    O: Intercept + ModelledBy<M> + Drive<S> + Send + Sync,
    O::Outcome: Send,
    S: ?Sized + 'static,
    M: Model + 'static,
{
    fn means_by_model(
        &self,
        subject: for<'h> fn(&'h mut Box<O::Object<'static>>) -> &'h mut S,
        model: fn(&S) -> M,
    ) -> Result<Box<dyn Means<Box<O::Object<'static>>>>, String> {
        let model = ByModel::new(subject, model);
        Ok(Box::new(Known::<O, Box<O::Object<'static>>>::new(Some(
            Box::new(model),
        ))))
    }
}

impl<O, H, S: ?Sized, M> MeansUnknownByModel<H, S, M> for MeansOf<O, H> {
    fn means_by_model(
        &self,
        _: fn(&mut H) -> &mut S,
        _: fn(&S) -> M,
    ) -> Result<Box<dyn Means<H>>, String> {
        MeansUnknown::means(self)
    }
}
