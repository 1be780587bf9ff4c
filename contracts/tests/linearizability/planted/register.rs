//! A register with compare-and-swap.

use std::cell::{Cell, RefCell};

use contrait::check::linearizability::models::{Register, RegisterOperation, RegisterOutcome};
use contrait::check::linearizability::{History, Numbers};

use super::{find, find_nothing};
use crate::world::{self, pause};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Reads are served from a replica that lags.
    StaleRead,
    /// A write is acknowledged and not done.
    LostWrite,
    /// A write is done in two halves.
    TornWrite,
    /// Others come between the comparison and the swap.
    CompareThenSwap,
    /// Only the low half is compared.
    ComparesHalf,
    /// A write is acknowledged before it is done.
    AppliedLate,
}

fn choose(numbers: &mut Numbers) -> RegisterOperation<u64> {
    // In both halves, so that halves of two values are neither.
    let values = [0x11, 0x22, 0x12];
    let mut value = || values[numbers.below(3) as usize];
    let (one, other) = (value(), value());
    match numbers.below(4) {
        0 => RegisterOperation::Set(one),
        1 => RegisterOperation::Cas(one, other),
        _ => RegisterOperation::Get,
    }
}

fn history(bug: Bug, seed: u64) -> History<RegisterOperation<u64>, RegisterOutcome<u64>> {
    let (value, replica) = (Cell::new(0), Cell::new(0));
    let numbers = RefCell::new(Numbers::new(seed ^ 1));
    let rarely = || numbers.borrow_mut().percent(30.0);
    let set = async |new: u64| {
        match bug {
            Bug::LostWrite if rarely() => return,
            Bug::TornWrite => {
                value.set(value.get() & 0xf0 | new & 0x0f);
                pause().await;
                value.set(value.get() & 0x0f | new & 0xf0);
            }
            _ => value.set(new),
        }
        if bug == Bug::StaleRead && rarely() {
            return;
        }
        replica.set(value.get());
    };
    let late: RefCell<Option<u64>> = RefCell::default();
    world::run(seed, choose, async |operation| {
        let was_late = late.take();
        let outcome = match operation {
            RegisterOperation::Get if bug == Bug::StaleRead => {
                RegisterOutcome::Value(replica.get())
            }
            RegisterOperation::Get => RegisterOutcome::Value(value.get()),
            RegisterOperation::Set(new) if bug == Bug::AppliedLate && rarely() => {
                pause().await;
                late.replace(Some(new));
                RegisterOutcome::Done
            }
            RegisterOperation::Set(new) => {
                set(new).await;
                RegisterOutcome::Done
            }
            RegisterOperation::Cas(expected, new) => {
                let mask = if bug == Bug::ComparesHalf { 0x0f } else { 0xff };
                let swapped = value.get() & mask == expected & mask;
                if bug == Bug::CompareThenSwap {
                    pause().await;
                }
                if swapped {
                    set(new).await;
                }
                RegisterOutcome::Swapped(swapped)
            }
        };
        if let Some(new) = was_late {
            value.set(new);
        }
        pause().await;
        Some(outcome)
    })
}

#[test]
fn planted_none_in_a_register() {
    find_nothing(Register(0), |seed| history(Bug::None, seed));
}

#[test]
fn planted_stale_read() {
    find(&Register(0), |seed| history(Bug::StaleRead, seed), 2);
}

#[test]
fn planted_lost_write() {
    find(&Register(0), |seed| history(Bug::LostWrite, seed), 2);
}

#[test]
fn planted_torn_write() {
    find(&Register(0), |seed| history(Bug::TornWrite, seed), 1);
}

#[test]
fn planted_compare_then_swap() {
    find(&Register(0), |seed| history(Bug::CompareThenSwap, seed), 3);
}

#[test]
fn planted_comparison_of_one_half() {
    find(&Register(0), |seed| history(Bug::ComparesHalf, seed), 1);
}

#[test]
fn planted_write_applied_late() {
    find(&Register(0), |seed| history(Bug::AppliedLate, seed), 2);
}
