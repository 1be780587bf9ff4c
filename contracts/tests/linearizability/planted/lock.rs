//! A lock.

use std::cell::Cell;

use contrait::check::linearizability::models::{Lock, LockOperation};
use contrait::check::linearizability::{History, Numbers};

use super::{find, find_nothing};
use crate::world::{self, pause};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Others come between the look and the taking.
    TwoOwners,
    /// Anybody may release it.
    ReleasedByAnybody,
}

fn choose(numbers: &mut Numbers) -> LockOperation {
    let owner = numbers.below(3) as u32;
    match numbers.below(2) {
        0 => LockOperation::Acquire(owner),
        _ => LockOperation::Release(owner),
    }
}

fn history(bug: Bug, seed: u64) -> History<LockOperation, bool> {
    let owner = Cell::new(None);
    world::run(seed, choose, async |operation| {
        let done = match operation {
            LockOperation::Acquire(new) => {
                let free = owner.get().is_none();
                if bug == Bug::TwoOwners {
                    pause().await;
                }
                if free {
                    owner.set(Some(new));
                }
                free
            }
            LockOperation::Release(old) => {
                let held = match bug {
                    Bug::ReleasedByAnybody => owner.get().is_some(),
                    _ => owner.get() == Some(old),
                };
                if held {
                    owner.set(None);
                }
                held
            }
        };
        pause().await;
        Some(done)
    })
}

#[test]
fn planted_none_in_a_lock() {
    find_nothing(Lock, |seed| history(Bug::None, seed));
}

#[test]
fn planted_lock_with_two_owners() {
    find(&Lock, |seed| history(Bug::TwoOwners, seed), 2);
}

#[test]
fn planted_lock_released_by_anybody() {
    find(&Lock, |seed| history(Bug::ReleasedByAnybody, seed), 1);
}
