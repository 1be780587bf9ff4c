//! Tokio's cooperative budget as a brake: how many awaits of tokio's primitives a poll may pass before it has to give way.
//!
//! A task has a budget, and every primitive of tokio takes one unit before it goes on; with none left it is pending, as
//! if it had to wait. So a budget of a few units makes a switch point of every await, even of one that never waits. What
//! tokio has no function for is to give units back. But whoever took one and made no progress gets it back when its
//! guard is dropped, and the budget is then what it was before: a guard kept is a budget kept.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use tokio::task::coop::{RestoreOnPending, has_budget_remaining, poll_proceed};

use super::plan::Units;

/// The most units that a poll is given, but for all of them.
pub(crate) const FINEST: u8 = 8;
/// A task has 128. What has more than this is unlimited, as outside of a runtime.
const MOST: usize = 4096;

/// The budget of the poll under way. It is as it was found when the brake is dropped.
pub(crate) struct Brake {
    /// The guards that set the budget to 1, 2, … when they are dropped.
    few: Vec<Option<RestoreOnPending>>,
    /// The one that sets it to what it was.
    all: Option<RestoreOnPending>,
}

impl Brake {
    /// Measures the budget; `None` where there is none to speak of, so that nothing can be held up.
    pub(crate) fn new(context: &mut Context<'_>) -> Option<Self> {
        let all = take(context)?;
        let mut few = VecDeque::with_capacity(usize::from(FINEST) + 1);
        let mut taken = 0;
        while let Some(guard) = take(context) {
            few.push_front(Some(guard));
            if few.len() > usize::from(FINEST) {
                few.pop_back().flatten()?.made_progress();
            }
            taken += 1;
            if taken > MOST {
                return None;
            }
        }
        (few.len() == usize::from(FINEST)).then(|| Self {
            few: few.into(),
            all: Some(all),
        })
    }

    /// Leaves so many units.
    pub(crate) fn leave(&mut self, units: Units, context: &mut Context<'_>) {
        let guard = match units {
            Units::Few(units) => &mut self.few[usize::from(units.min(FINEST - 1))],
            Units::All => &mut self.all,
        };
        // The budget is now one more than asked for, and taking the guard again takes that one.
        *guard = None;
        *guard = take(context);
    }
}

/// Whether the poll that was just made has used up what it was given.
pub(crate) fn is_used_up() -> bool {
    !has_budget_remaining()
}

/// Asking where nothing is left would have the task woken for nothing.
fn take(context: &mut Context<'_>) -> Option<RestoreOnPending> {
    if !has_budget_remaining() {
        return None;
    }
    match poll_proceed(context) {
        Poll::Ready(guard) => Some(guard),
        Poll::Pending => None,
    }
}
