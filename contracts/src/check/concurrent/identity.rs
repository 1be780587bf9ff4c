//! States of a model, and when two of them are one.

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};

/// How states are told apart: by value, or by what `Debug` writes where the model has no `Eq` and `Hash`.
pub struct Identity<M> {
    same: fn(&M, &M) -> bool,
    hash: fn(&M, &mut dyn Hasher),
}

impl<M> Identity<M> {
    /// By value.
    pub fn by_value() -> Self
    where
        M: Eq + Hash,
    {
        Self {
            same: |one, other| one == other,
            hash: |model, mut hasher| model.hash(&mut hasher),
        }
    }

    /// By what `Debug` writes.
    pub fn by_text() -> Self
    where
        M: Debug,
    {
        Self {
            same: |one, other| format!("{one:?}") == format!("{other:?}"),
            hash: |model, hasher| hasher.write(format!("{model:?}").as_bytes()),
        }
    }
}

impl<M> Clone for Identity<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Identity<M> {}

/// A state of a model.
#[derive(Clone)]
pub(crate) struct State<M> {
    pub(crate) model: M,
    identity: Identity<M>,
}

impl<M> State<M> {
    pub(crate) fn new(model: M, identity: Identity<M>) -> Self {
        Self { model, identity }
    }
}

impl<M> PartialEq for State<M> {
    fn eq(&self, other: &Self) -> bool {
        (self.identity.same)(&self.model, &other.model)
    }
}

impl<M> Eq for State<M> {}

impl<M> Hash for State<M> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.identity.hash)(&self.model, state);
    }
}

impl<M: Debug> Debug for State<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.model.fmt(f)
    }
}
