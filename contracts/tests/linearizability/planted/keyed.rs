//! A key-value store.

use std::cell::RefCell;
use std::collections::HashMap;

use contrait::check::linearizability::models::{
    Keyed, On, Register, RegisterOperation, RegisterOutcome,
};
use contrait::check::linearizability::{History, Numbers};

use super::{find, find_nothing};
use crate::world::{self, pause};

#[derive(Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Only the first letter of a key counts.
    LeakAcrossKeys,
    /// A deleted value comes back when another key is written.
    Resurrection,
}

type Value = Option<u64>;

fn choose(numbers: &mut Numbers) -> On<RegisterOperation<Value>> {
    let key = ["a", "ab", "b"][numbers.below(3) as usize].to_owned();
    let operation = match numbers.below(4) {
        0 => RegisterOperation::Set(None),
        1 => RegisterOperation::Set(Some(numbers.below(100))),
        _ => RegisterOperation::Get,
    };
    On { key, operation }
}

fn history(bug: Bug, seed: u64) -> History<On<RegisterOperation<Value>>, RegisterOutcome<Value>> {
    let entries: RefCell<HashMap<String, u64>> = RefCell::default();
    let deleted: RefCell<Option<(String, u64)>> = RefCell::default();
    world::run(seed, choose, async |On { mut key, operation }| {
        if bug == Bug::LeakAcrossKeys {
            key.truncate(1);
        }
        let outcome = match operation {
            RegisterOperation::Set(None) => {
                let old = entries.borrow_mut().remove(&key);
                deleted.replace(old.map(|old| (key, old)));
                RegisterOutcome::Done
            }
            RegisterOperation::Set(Some(value)) => {
                entries.borrow_mut().insert(key.clone(), value);
                let back = deleted.take().filter(|_| bug == Bug::Resurrection);
                if let Some((other, old)) = back.filter(|(other, _)| *other != key) {
                    entries.borrow_mut().insert(other, old);
                }
                RegisterOutcome::Done
            }
            _ => RegisterOutcome::Value(entries.borrow().get(&key).copied()),
        };
        pause().await;
        Some(outcome)
    })
}

#[test]
fn planted_none_in_a_store() {
    find_nothing(Keyed(Register(None)), |seed| history(Bug::None, seed));
}

#[test]
fn planted_leak_across_keys() {
    find(
        &Keyed(Register(None)),
        |seed| history(Bug::LeakAcrossKeys, seed),
        1,
    );
}

#[test]
fn planted_resurrection() {
    find(
        &Keyed(Register(None)),
        |seed| history(Bug::Resurrection, seed),
        3,
    );
}
