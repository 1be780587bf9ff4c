//! A queue.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use contrait::check::linearizability::models::{Queue, QueueOperation, QueueOutcome};
use contrait::check::linearizability::{History, Numbers};

use super::{find, find_nothing};
use crate::world::{self, pause};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Others come between the look at the first and its removal.
    PoppedTwice,
    /// An item overtakes another one.
    Overtaking,
    /// An item that is being popped is nowhere for a moment, and comes back.
    SeemsEmpty,
}

fn history(bug: Bug, seed: u64) -> History<QueueOperation<u64>, QueueOutcome<u64>> {
    let items: RefCell<VecDeque<u64>> = RefCell::default();
    let count = Cell::new(0);
    let choose = |numbers: &mut Numbers| {
        if numbers.percent(50.0) {
            return QueueOperation::Pop;
        }
        count.set(count.get() + 1);
        QueueOperation::Push(count.get())
    };
    world::run(seed, choose, async |operation| {
        let outcome = match operation {
            QueueOperation::Push(item) => {
                let overtakes = bug == Bug::Overtaking && item % 3 == 0;
                match overtakes {
                    true => items.borrow_mut().push_front(item),
                    false => items.borrow_mut().push_back(item),
                }
                QueueOutcome::Pushed
            }
            QueueOperation::Pop if bug == Bug::PoppedTwice => {
                let first = items.borrow().front().copied();
                pause().await;
                if first.is_some() {
                    items.borrow_mut().pop_front();
                }
                QueueOutcome::Popped(first)
            }
            QueueOperation::Pop if bug == Bug::SeemsEmpty => {
                let all = items.take();
                pause().await;
                let mut items = items.borrow_mut();
                let added = std::mem::replace(&mut *items, all);
                items.extend(added);
                QueueOutcome::Popped(items.pop_front())
            }
            QueueOperation::Pop => QueueOutcome::Popped(items.borrow_mut().pop_front()),
        };
        pause().await;
        Some(outcome)
    })
}

#[test]
fn planted_none_in_a_queue() {
    find_nothing(Queue::default(), |seed| history(Bug::None, seed));
}

#[test]
fn planted_item_popped_twice() {
    find(&Queue::default(), |seed| history(Bug::PoppedTwice, seed), 3);
}

#[test]
fn planted_item_that_overtakes() {
    find(&Queue::default(), |seed| history(Bug::Overtaking, seed), 3);
}

#[test]
fn planted_queue_that_seems_empty() {
    find(&Queue::default(), |seed| history(Bug::SeemsEmpty, seed), 4);
}
