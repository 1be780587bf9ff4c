//! A saboteur at work: it stands in front of one implementation's handles, and remembers what it needs to go wrong.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::change::{self, Earlier};
use super::course::{Act, Course};
use super::facts::{Facts, Samples};
use super::fault::{Fault, Saboteur};
use crate::check::operation::{Operation, Outcome, copy};

/// Whose call it is: a handle, and the namespace that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    pub(crate) handle: usize,
    pub(crate) namespace: usize,
}

/// A saboteur at work.
pub(crate) struct Sabotage<O: Operation> {
    saboteur: Saboteur,
    facts: Arc<Facts>,
    samples: Arc<Mutex<Samples<O>>>,
    memory: Mutex<Memory<O>>,
    struck: AtomicUsize,
    calls: AtomicUsize,
    /// How many calls it takes before it panics: a case whose loop is never left is left so.
    limit: usize,
}

/// What a saboteur remembers.
struct Memory<O: Operation> {
    first: Option<O>,
    before: Option<O>,
    answers: Vec<Told<O>>,
    due: Vec<Due<O>>,
    leaks: Vec<Leak<O>>,
    done: Vec<Done<O>>,
}

/// The last answer of the method, to a handle and for a key.
struct Told<O: Operation> {
    who: Who,
    key: Option<String>,
    outcome: O::Outcome,
}

/// A call that is yet to happen.
struct Due<O> {
    who: Who,
    operation: O,
}

/// A call that happens in all namespaces.
struct Leak<O> {
    operation: O,
    seen_by: Vec<usize>,
}

/// A call that came to its end, of which another may take the answer.
struct Done<O: Operation> {
    namespace: usize,
    key: Option<String>,
    outcome: O::Outcome,
}

impl<O: Operation> Sabotage<O> {
    pub(crate) fn new(
        saboteur: Saboteur,
        facts: Arc<Facts>,
        samples: Arc<Mutex<Samples<O>>>,
        limit: usize,
    ) -> Arc<Self> {
        Arc::new(Self {
            saboteur,
            facts,
            samples,
            memory: Mutex::new(Memory {
                first: None,
                before: None,
                answers: Vec::new(),
                due: Vec::new(),
                leaks: Vec::new(),
                done: Vec::new(),
            }),
            struck: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            limit,
        })
    }

    /// How often it made a difference to a call or to an answer.
    pub(crate) fn struck(&self) -> usize {
        self.struck.load(Ordering::Relaxed)
    }

    pub(super) fn strike(&self) {
        self.struck.fetch_add(1, Ordering::Relaxed);
    }

    /// What becomes of a call.
    pub(crate) fn begin(self: &Arc<Self>, who: Who, operation: O) -> Course<O> {
        if self.calls.fetch_add(1, Ordering::Relaxed) >= self.limit {
            return Course::new(
                self,
                who,
                None,
                vec![Act::Panic(
                    "a saboteur was called far more often than the implementation itself",
                )],
            );
        }
        if operation.method() == self.saboteur.method {
            self.sabotaged(who, operation)
        } else if !O::CONTRACT.shared && !operation.about().exclusive {
            // Nothing that takes `&mut self` can happen beside it.
            Course::new(self, who, None, vec![Act::Run(operation)])
        } else {
            self.let_through(who, operation)
        }
    }

    /// A call of another method: what is due happens around it.
    fn let_through(self: &Arc<Self>, who: Who, operation: O) -> Course<O> {
        let mut acts = self.due_before(who);
        acts.push(Act::Run(operation));
        acts.extend(self.due_after(who));
        Course::new(self, who, None, acts)
    }

    fn sabotaged(self: &Arc<Self>, who: Who, operation: O) -> Course<O> {
        let (mut acts, after) = (self.due_before(who), self.due_after(who));
        let asked = operation.clone();
        match self.saboteur.fault {
            Fault::Argument(..) | Fault::Swapped(..) => {
                acts.push(Act::Run(self.changed(operation)));
            }
            Fault::Dropped => acts.push(self.made_up()),
            Fault::Twice => {
                self.strike();
                acts.extend([Act::Run(operation.clone()), Act::Aside(operation)]);
            }
            Fault::Late | Fault::Behind => {
                acts.push(self.made_up());
                self.memory().due.push(Due { who, operation });
            }
            Fault::Leaked => {
                self.memory().leaks.push(Leak {
                    operation: operation.clone(),
                    seen_by: vec![who.namespace],
                });
                acts.push(Act::Run(operation));
            }
            Fault::Lost => {
                let done = self.memory().done.len();
                acts.extend([Act::Yield, Act::RunUnlessDone(operation, done)]);
            }
            Fault::LandsAfterDrop => acts.extend([Act::Yield, Act::Run(operation)]),
            Fault::Panics => {
                self.strike();
                acts.push(Act::Panic("as a saboteur does"));
            }
            Fault::Hangs => {
                self.strike();
                acts.push(Act::Hang);
            }
            _ => acts.push(Act::Run(operation)),
        }
        acts.extend(after);
        Course::new(self, who, Some(asked), acts)
    }

    fn made_up(&self) -> Act<O> {
        self.strike();
        let made_up = self
            .samples()
            .value(&self.facts, self.saboteur.method)
            .expect("else there is no such saboteur");
        Act::Tell(made_up)
    }

    /// The call with other arguments.
    fn changed(&self, mut operation: O) -> O {
        let mut memory = self.memory();
        let original = operation.clone();
        let earlier = Earlier {
            first: memory.first.as_ref(),
            before: memory.before.as_ref(),
        };
        let changed = match self.saboteur.fault {
            Fault::Argument(index, change) => {
                let kind = self.facts.arguments[self.saboteur.method][index].kind;
                change::change(&mut operation, index, kind, change, &earlier)
            }
            Fault::Swapped(one, other) => change::swap(&mut operation, one, other),
            _ => false,
        };
        memory.first.get_or_insert_with(|| original.clone());
        memory.before = Some(original);
        if changed {
            self.strike();
        }
        operation
    }

    /// What happens before a call of this handle, whichever it is.
    fn due_before(&self, who: Who) -> Vec<Act<O>> {
        let mut memory = self.memory();
        let mut acts = Vec::new();
        for leak in &mut memory.leaks {
            if !leak.seen_by.contains(&who.namespace) {
                leak.seen_by.push(who.namespace);
                acts.push(Act::Aside(leak.operation.clone()));
                self.strike();
            }
        }
        if matches!(self.saboteur.fault, Fault::Behind) {
            let own = memory
                .due
                .extract_if(.., |due| due.who.handle == who.handle);
            acts.extend(own.map(|due| Act::Aside(due.operation)));
        }
        acts
    }

    /// What happens after a call in this namespace, whichever it is.
    fn due_after(&self, who: Who) -> Vec<Act<O>> {
        if matches!(self.saboteur.fault, Fault::Behind) {
            return Vec::new();
        }
        let mut memory = self.memory();
        let due = memory
            .due
            .extract_if(.., |due| due.who.namespace == who.namespace);
        due.map(|due| Act::Aside(due.operation)).collect()
    }

    /// Its caller gave the call up, before it happened.
    pub(super) fn given_up(&self, who: Who, operation: O) {
        if matches!(self.saboteur.fault, Fault::LandsAfterDrop) {
            self.strike();
            self.memory().due.push(Due { who, operation });
        }
    }

    /// What another call of the same kind was told, that came to its end while this one waited.
    pub(super) fn overtaken(&self, who: Who, operation: &O, since: usize) -> Option<O::Outcome> {
        let memory = self.memory();
        let key = owned_key(operation);
        let mut since = memory.done[since.min(memory.done.len())..].iter();
        let done = since.find(|done| done.namespace == who.namespace && done.key == key)?;
        let copy = copy(self.types(), &done.outcome);
        if copy.is_some() {
            self.strike();
        }
        copy
    }

    /// What the caller is told, where that should be `outcome`.
    pub(super) fn answered(&self, who: Who, operation: &O, outcome: O::Outcome) -> O::Outcome {
        let method = self.saboteur.method;
        let other = match self.saboteur.fault {
            Fault::Lost => {
                self.note_done(who, operation, &outcome);
                None
            }
            Fault::Stale | Fault::OfCallBefore | Fault::OfAnotherHandle => {
                self.earlier_answer(who, operation, &outcome)
            }
            Fault::Spoiled(spoil) => match outcome.parts() {
                Ok(value) => {
                    (spoil.apply)(value).and_then(|value| O::Outcome::of_parts(method, Ok(value)))
                }
                Err(_) => None,
            },
            Fault::OkForErr if outcome.is_error() => self.samples().value(&self.facts, method),
            Fault::ErrForOk if !outcome.is_error() => self.samples().error(&self.facts, method, ""),
            Fault::OtherKind if outcome.is_error() => {
                self.samples().error(&self.facts, method, &outcome.shape())
            }
            _ => None,
        };
        match other {
            Some(other) if !outcome.compare(&other, Duration::ZERO).same => {
                self.strike();
                other
            }
            _ => outcome,
        }
    }

    fn note_done(&self, who: Who, operation: &O, outcome: &O::Outcome) {
        if let Some(outcome) = copy(self.types(), outcome) {
            self.memory().done.push(Done {
                namespace: who.namespace,
                key: owned_key(operation),
                outcome,
            });
        }
    }

    /// An answer that was given earlier; this one is kept in its stead.
    fn earlier_answer(&self, who: Who, operation: &O, outcome: &O::Outcome) -> Option<O::Outcome> {
        if outcome.is_error() {
            return None;
        }
        let mut memory = self.memory();
        let key = owned_key(operation);
        let same_key = |told: &Told<O>| told.key == key && told.who.namespace == who.namespace;
        let found = match self.saboteur.fault {
            Fault::Stale => memory.answers.iter().rev().find(|told| same_key(told)),
            Fault::OfAnotherHandle => {
                let mut latest = memory.answers.iter().rev();
                latest.find(|told| told.who.handle != who.handle)
            }
            _ => memory.answers.last(),
        };
        let found = found.and_then(|told| copy(self.types(), &told.outcome));
        let new = copy(self.types(), outcome)?;
        let replaced = |told: &Told<O>| same_key(told) && told.who.handle == who.handle;
        memory.answers.retain(|told| !replaced(told));
        memory.answers.push(Told {
            who,
            key,
            outcome: new,
        });
        found
    }

    fn types(&self) -> &crate::check::operation::Types {
        &self.facts.types[self.saboteur.method]
    }

    fn memory(&self) -> MutexGuard<'_, Memory<O>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn samples(&self) -> MutexGuard<'_, Samples<O>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn owned_key<O: Operation>(operation: &O) -> Option<String> {
    operation.key().map(std::borrow::Cow::into_owned)
}
