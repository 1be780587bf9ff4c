//! Who looks on: which methods were called, and what they answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::seen::{Seen, SeenOf};
use crate::check::intercept::{Interceptor, Next, Plan};
use crate::check::operation::{Operation, Outcome};
use crate::check::strength::{Facts, Samples};

/// What was watched.
pub(crate) struct Watched<O: Operation> {
    calls: Vec<usize>,
    shapes: Vec<BTreeMap<String, usize>>,
    samples: Arc<Mutex<Samples<O>>>,
}

impl<O: Operation> Watched<O> {
    pub(crate) fn new() -> Self {
        let methods = O::CONTRACT.methods.len();
        Self {
            calls: vec![0; methods],
            shapes: vec![BTreeMap::new(); methods],
            samples: Arc::new(Mutex::new(Samples::new())),
        }
    }

    /// How often each method was called since this was last asked.
    pub(crate) fn take_calls(&mut self) -> Vec<usize> {
        let none = vec![0; self.calls.len()];
        std::mem::replace(&mut self.calls, none)
    }

    pub(crate) fn samples(&self) -> Arc<Mutex<Samples<O>>> {
        Arc::clone(&self.samples)
    }

    pub(crate) fn seen(&self, facts: &Facts) -> Seen {
        let methods = O::CONTRACT.methods.iter().enumerate();
        let methods = methods.map(|(index, method)| SeenOf {
            method: method.name,
            expected: facts.shapes(method, index),
            shapes: self.shapes[index].clone(),
        });
        Seen {
            methods: methods.collect(),
        }
    }

    fn note(&mut self, facts: &Facts, outcome: &O::Outcome) {
        *self.shapes[outcome.method()]
            .entry(outcome.shape())
            .or_default() += 1;
        self.samples
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .note(facts, outcome);
    }
}

/// Who watches.
pub(crate) struct Watcher<O: Operation> {
    facts: Arc<Facts>,
    watched: Arc<Mutex<Watched<O>>>,
}

impl<O: Operation> Watcher<O> {
    pub(crate) fn new(facts: Arc<Facts>, watched: Arc<Mutex<Watched<O>>>) -> Self {
        Self { facts, watched }
    }
}

impl<O> Interceptor<O> for Watcher<O>
where
    O: Operation + Send + Sync,
    O::Outcome: Send,
{
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.calls[operation.method()] += 1;
        Box::new(LookOn {
            facts: Arc::clone(&self.facts),
            watched: Arc::clone(&self.watched),
            operation: Some(operation),
        })
    }
}

struct LookOn<O: Operation> {
    facts: Arc<Facts>,
    watched: Arc<Mutex<Watched<O>>>,
    operation: Option<O>,
}

impl<O: Operation> Plan<O> for LookOn<O> {
    fn next(&mut self, ran: Option<O::Outcome>) -> Next<O> {
        match (self.operation.take(), ran) {
            (Some(operation), _) => Next::Run(operation),
            (None, Some(outcome)) => {
                let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
                watched.note(&self.facts, &outcome);
                Next::Answer(outcome)
            }
            (None, None) => Next::Hang,
        }
    }
}
