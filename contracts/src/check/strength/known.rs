//! The means of a contract whose operations are known: its watcher, its saboteurs, its evidence.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::course::Course;
use super::derive::{Derived, Scope, derive};
use super::evidence::{Doubt, Evidence, Judge};
use super::facts::Facts;
use super::fault::Saboteur;
use super::sabotage::{Sabotage, Who};
use crate::check::coverage::{Seen, Watched, Watcher};
use crate::check::intercept::{Intercept, Interceptor, Plan};
use crate::check::means::Means;
use crate::check::operation::{Contract, Operation};
use crate::runtime::{Context, Decorator};

/// The means of a contract whose operations are `O`, on handles of type `H`.
pub(crate) struct Known<O: Operation, H> {
    facts: Arc<Facts>,
    watched: Arc<Mutex<Watched<O>>>,
    judge: Option<Box<dyn Judge<O, H>>>,
    handles: PhantomData<H>,
}

impl<O: Operation, H> Known<O, H> {
    pub(crate) fn new(judge: Option<Box<dyn Judge<O, H>>>) -> Self {
        Self {
            facts: Arc::new(Facts::of::<O>()),
            watched: Arc::new(Mutex::new(Watched::new())),
            judge,
            handles: PhantomData,
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched<O>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O> Means<Box<O::Object<'static>>> for Known<O, Box<O::Object<'static>>>
where
    O: Intercept + Send + Sync,
    O::Outcome: Send,
{
    fn contract(&self) -> &'static Contract {
        O::CONTRACT
    }

    fn watcher(&self) -> Arc<dyn Decorator<Box<O::Object<'static>>>> {
        Arc::new(InFront::<O>(Arc::new(Watcher::new(
            Arc::clone(&self.facts),
            Arc::clone(&self.watched),
        ))))
    }

    fn calls(&mut self) -> Vec<usize> {
        self.watched().take_calls()
    }

    fn seen(&self) -> Seen {
        self.watched().seen(&self.facts)
    }

    fn saboteurs(&self, scope: Scope) -> Derived {
        let samples = self.watched().samples();
        let samples = samples.lock().unwrap_or_else(PoisonError::into_inner);
        derive(&self.facts, &samples, scope)
    }

    fn sabotage(
        &self,
        saboteur: &Saboteur,
        limit: usize,
    ) -> Arc<dyn Decorator<Box<O::Object<'static>>>> {
        let samples = self.watched().samples();
        Arc::new(Saboteurs {
            sabotage: Sabotage::new(saboteur.clone(), Arc::clone(&self.facts), samples, limit),
            known: Mutex::default(),
        })
    }

    fn learn(&mut self, handle: &mut Box<O::Object<'static>>, seed: u64) {
        let samples = self.watched().samples();
        let mut samples = samples.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(judge) = &self.judge {
            judge.learn(&self.facts, &mut samples, handle, seed);
        }
    }

    fn evidence(
        &self,
        saboteur: &Saboteur,
        handle: &mut Box<O::Object<'static>>,
        doubt: &Doubt,
    ) -> Option<Evidence> {
        let samples = self.watched().samples();
        let judge = self.judge.as_ref()?;
        judge.judge(saboteur, &self.facts, &samples, handle, doubt)
    }
}

/// One interceptor in front of every handle.
struct InFront<O: Operation>(Arc<dyn Interceptor<O>>);

impl<O: Intercept> Decorator<Box<O::Object<'static>>> for InFront<O> {
    fn decorate(&self, handle: Box<O::Object<'static>>, _: &Context) -> Box<O::Object<'static>> {
        O::intercept(handle, Arc::clone(&self.0))
    }
}

/// A saboteur in front of every handle, which knows them apart.
struct Saboteurs<O: Operation> {
    sabotage: Arc<Sabotage<O>>,
    known: Mutex<Handles>,
}

#[derive(Default)]
struct Handles {
    count: usize,
    namespaces: HashMap<String, usize>,
}

impl Handles {
    fn add(&mut self, namespace: &str) -> Who {
        let next = self.namespaces.len();
        let namespace = *self.namespaces.entry(namespace.to_owned()).or_insert(next);
        self.count += 1;
        Who {
            handle: self.count,
            namespace,
        }
    }
}

impl<O> Decorator<Box<O::Object<'static>>> for Saboteurs<O>
where
    O: Intercept + Send + Sync,
    O::Outcome: Send,
{
    fn decorate(
        &self,
        handle: Box<O::Object<'static>>,
        context: &Context,
    ) -> Box<O::Object<'static>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let agent = Agent {
            sabotage: Arc::clone(&self.sabotage),
            who: known.add(context.namespace()),
        };
        O::intercept(handle, Arc::new(agent))
    }
}

/// A saboteur in front of one handle.
struct Agent<O: Operation> {
    sabotage: Arc<Sabotage<O>>,
    who: Who,
}

impl<O> Interceptor<O> for Agent<O>
where
    O: Operation + Send + Sync,
    O::Outcome: Send,
{
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        let course: Course<O> = self.sabotage.begin(self.who, operation);
        Box::new(course)
    }
}
