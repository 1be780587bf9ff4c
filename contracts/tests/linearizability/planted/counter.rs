//! A counter, whose calls may time out.

use std::cell::{Cell, RefCell};

use contrait::check::linearizability::models::{Counter, CounterOperation};
use contrait::check::linearizability::{History, Numbers};

use super::{find, find_nothing};
use crate::world::{self, pause};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Others come between the reading and the writing.
    LostUpdate,
    /// What was not answered in time is done again.
    RetriedAfterTimeout,
    /// The answer is the number before.
    AnswersBefore,
}

fn choose(numbers: &mut Numbers) -> CounterOperation {
    match numbers.below(2) {
        0 => CounterOperation::Get,
        _ => CounterOperation::Add(1),
    }
}

fn history(bug: Bug, seed: u64) -> History<CounterOperation, i64> {
    let value = Cell::new(0);
    let numbers = RefCell::new(Numbers::new(seed ^ 1));
    let timeout = || numbers.borrow_mut().percent(20.0);
    world::run(seed, choose, async |operation| {
        let CounterOperation::Add(amount) = operation else {
            let outcome = value.get();
            pause().await;
            return Some(outcome);
        };
        let times_out = timeout();
        let before = value.get();
        match bug {
            Bug::LostUpdate => {
                pause().await;
                value.set(before + amount);
            }
            Bug::RetriedAfterTimeout if times_out => value.set(before + 2 * amount),
            // Half of what timed out was done nevertheless.
            _ if times_out && timeout() => {}
            _ => value.set(before + amount),
        }
        let outcome = if bug == Bug::AnswersBefore {
            before
        } else {
            value.get()
        };
        pause().await;
        (!times_out).then_some(outcome)
    })
}

#[test]
fn planted_none_in_a_counter() {
    find_nothing(Counter(0), |seed| history(Bug::None, seed));
}

#[test]
fn planted_lost_update() {
    find(&Counter(0), |seed| history(Bug::LostUpdate, seed), 2);
}

#[test]
fn planted_retry_after_a_timeout() {
    find(
        &Counter(0),
        |seed| history(Bug::RetriedAfterTimeout, seed),
        1,
    );
}

#[test]
fn planted_answer_of_before() {
    find(&Counter(0), |seed| history(Bug::AnswersBefore, seed), 1);
}
