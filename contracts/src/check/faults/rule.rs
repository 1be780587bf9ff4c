//! One fault: which calls it meets, how often, and what becomes of them.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::check::operation::Operation;
use crate::report::counted;

type Predicate<O> = Arc<dyn Fn(&O) -> bool + Send + Sync>;

/// Makes the answer of a method.
pub(super) type Answer<O> = Arc<dyn Fn(usize) -> <O as Operation>::Outcome + Send + Sync>;

/// A fault.
pub(super) struct Rule<O: Operation> {
    pub(super) id: u64,
    pub(super) calls: Calls<O>,
    pub(super) frequency: Frequency,
    pub(super) effect: Effect<O>,
    /// Whether the call is run first.
    pub(super) after: bool,
    seen: u64,
    pub(super) hits: u64,
}

/// Which calls a fault meets.
pub(super) struct Calls<O> {
    /// Nothing for all methods.
    pub(super) method: Option<usize>,
    pub(super) predicates: Vec<Predicate<O>>,
}

/// How many of them.
#[derive(Clone, Copy)]
pub(super) struct Frequency {
    pub(super) skip: u64,
    pub(super) every: u64,
    pub(super) times: u64,
    pub(super) rate: f64,
}

/// What becomes of a call.
pub(super) enum Effect<O: Operation> {
    Answer(Answer<O>),
    Delay(Duration),
    Hang,
    Panic(&'static str),
}

/// A fault that a call has met.
pub(super) struct Met<O: Operation> {
    pub(super) effect: Effect<O>,
    pub(super) after: bool,
}

impl<O: Operation> Rule<O> {
    pub(super) fn new(id: u64, calls: Calls<O>, effect: Effect<O>, after: bool) -> Self {
        let frequency = Frequency {
            skip: 0,
            every: 1,
            times: u64::MAX,
            rate: 1.0,
        };
        Self {
            id,
            calls,
            frequency,
            effect,
            after,
            seen: 0,
            hits: 0,
        }
    }

    /// What becomes of a call, where it meets this fault.
    pub(super) fn meets(&mut self, operation: &O, rng: &mut fastrand::Rng) -> Option<Met<O>> {
        if !self.calls.contain(operation) {
            return None;
        }
        self.seen += 1;
        let Frequency {
            skip,
            every,
            times,
            rate,
        } = self.frequency;
        let counted = self.seen.checked_sub(skip).filter(|&nth| nth > 0)?;
        let met = counted % every == 0 && self.hits < times && (rate >= 1.0 || rng.f64() < rate);
        self.hits += u64::from(met);
        met.then(|| Met {
            effect: self.effect.clone(),
            after: self.after,
        })
    }
}

impl<O: Operation> Calls<O> {
    fn contain(&self, operation: &O) -> bool {
        self.method
            .is_none_or(|method| method == operation.method())
            && self.predicates.iter().all(|holds| holds(operation))
    }
}

impl<O: Operation> Met<O> {
    /// Adds a delay to the others; nothing where this is more than one.
    pub(super) fn delays(&self, before: &mut Duration, after: &mut Duration) -> Option<()> {
        let Effect::Delay(by) = self.effect else {
            return None;
        };
        let sum = if self.after { after } else { before };
        *sum = sum.saturating_add(by);
        Some(())
    }
}

impl<O: Operation> Clone for Effect<O> {
    fn clone(&self) -> Self {
        match self {
            Self::Answer(answer) => Self::Answer(Arc::clone(answer)),
            Self::Delay(by) => Self::Delay(*by),
            Self::Hang => Self::Hang,
            Self::Panic(message) => Self::Panic(message),
        }
    }
}

impl<O: Operation> fmt::Debug for Effect<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(_) => f.write_str("another answer"),
            Self::Delay(by) => write!(f, "{by:?} late"),
            Self::Hang => f.write_str("no answer"),
            Self::Panic(message) => write!(f, "panic {message:?}"),
        }
    }
}

impl<O: Operation> fmt::Debug for Rule<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let method = self
            .calls
            .method
            .map(|index| O::CONTRACT.methods[index].name);
        let effect = if self.after { " after the effect" } else { "" };
        write!(
            f,
            "{}: {:?}{effect}, {} of {}",
            method.unwrap_or("any"),
            self.effect,
            self.hits,
            counted(self.seen, "call")
        )
    }
}
