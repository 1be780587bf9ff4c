//! What an engine says of a part of a history.

use std::collections::HashSet;
use std::hash::Hash;

/// An engine's answer. Both engines give the same, down to the states.
#[derive(Debug)]
pub(super) enum Answer<T> {
    /// There is an order in which everything could have been answered as it was.
    Possible,
    /// There is none.
    Impossible(Blocked<T>),
}

/// The first return that no order leads past.
#[derive(Debug)]
pub(super) struct Blocked<T> {
    /// The call that returned.
    pub(super) call: u32,
    pub(super) states: States<T>,
}

/// The states that were possible at some moment.
#[derive(Debug)]
pub(super) struct States<T> {
    seen: HashSet<T>,
    /// Whether there were more than are kept.
    pub(super) more: bool,
}

/// So many states are enough for a reader, and for most histories all.
const MOST: usize = 256;

impl<T: Eq + Hash + Clone> States<T> {
    pub(super) fn new() -> Self {
        Self {
            seen: HashSet::new(),
            more: false,
        }
    }

    pub(super) fn add(&mut self, state: &T) {
        if self.seen.contains(state) {
            return;
        }
        if self.seen.len() == MOST {
            self.more = true;
            return;
        }
        self.seen.insert(state.clone());
    }

    pub(super) fn clear(&mut self) {
        self.seen.clear();
        self.more = false;
    }

    pub(super) fn into_vec(self) -> Vec<T> {
        self.seen.into_iter().collect()
    }
}
