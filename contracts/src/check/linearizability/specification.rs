//! What an implementation is judged by: a sequential model of it.

use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;

use super::fingerprint;

/// A sequential model: one client, one operation at a time, and what each may answer then.
///
/// ```
/// use contrait::check::linearizability::{Specification, Step};
///
/// /// A counter that answers what it has counted to.
/// struct Hits;
///
/// impl Specification for Hits {
///     type Operation = ();
///     type Outcome = u64;
///     type State = u64;
///
///     fn initial(&self) -> u64 {
///         0
///     }
///
///     fn step(&self, state: &u64, _: &(), outcome: Option<&u64>) -> Step<u64> {
///         match outcome {
///             Some(answer) if *answer != state + 1 => Step::Impossible,
///             _ => Step::To(state + 1),
///         }
///     }
/// }
/// ```
pub trait Specification {
    /// What a client asks for, with its arguments.
    type Operation: Clone + Debug;
    /// What a client is answered.
    type Outcome: Clone + Debug;
    /// What decides the answers to come. States that are equal must answer equally.
    type State: Clone + Eq + Hash + Debug;

    /// The state before the first operation.
    fn initial(&self) -> Self::State;

    /// What follows when `operation`, in `state`, answers `outcome`.
    ///
    /// An `outcome` of `None` is not known: the operation timed out, was cancelled, or met an injected fault. The step
    /// then tells what follows where it did take effect, whatever it would have answered; that it never does is the
    /// checker's business. Operations that are the system's own ([`History::internal`](super::History::internal)) have
    /// no outcome either; where such a one has nothing to do in `state`, it is [`Step::Impossible`].
    fn step(
        &self,
        state: &Self::State,
        operation: &Self::Operation,
        outcome: Option<&Self::Outcome>,
    ) -> Step<Self::State>;

    /// Whether the operation, whatever it answers and in any state, changes nothing.
    ///
    /// A declaration, never a guess: that a step did not change the state in front of it says nothing of others, and a
    /// checker that took a `set(3)` on a 3 for a read would raise false alarms.
    fn is_read(&self, operation: &Self::Operation) -> bool {
        let _ = operation;
        false
    }

    /// The part of the state that the operation is confined to. Where every operation of a history names one, the parts
    /// are checked each on its own, each from [`initial`](Self::initial), which takes far less time.
    fn partition<'o>(&self, operation: &'o Self::Operation) -> Option<Cow<'o, str>> {
        let _ = operation;
        None
    }

    /// A number for `state`: the same for equal states and, but for a chance of one in 2¹²⁸, different for others.
    ///
    /// For models whose states are large and keep such a number up to date as they change.
    fn fingerprint(&self, state: &Self::State) -> u128 {
        fingerprint::of(state)
    }
}

/// What follows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<S> {
    /// It cannot answer so in this state.
    Impossible,
    /// It can, and the state stays what it was.
    Unchanged,
    /// It can, and the state becomes this one.
    To(S),
    /// It can, and the state becomes one of these: the model leaves open which.
    Any(Vec<S>),
}

impl<S> Step<S> {
    /// [`Step::Unchanged`] where the operation can answer so, else [`Step::Impossible`].
    pub fn unchanged_if(possible: bool) -> Self {
        if possible {
            Self::Unchanged
        } else {
            Self::Impossible
        }
    }

    /// [`Step::To`] the state where the operation can answer so, else [`Step::Impossible`].
    pub fn to_if(possible: bool, state: impl FnOnce() -> S) -> Self {
        if possible {
            Self::To(state())
        } else {
            Self::Impossible
        }
    }

    /// Whether the operation can answer so.
    pub fn is_possible(&self) -> bool {
        match self {
            Self::Impossible => false,
            Self::Any(states) => !states.is_empty(),
            Self::Unchanged | Self::To(_) => true,
        }
    }
}
