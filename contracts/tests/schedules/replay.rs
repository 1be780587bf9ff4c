//! A schedule is had again: by its seed, and as text.

use std::cell::RefCell;
use std::rc::Rc;

use contrait::check::schedule::{Explorer, Schedule, Trial};
use tokio::sync::Mutex;

use crate::{SEED, racy_increment, twice};

/// The order in which three clients passed their awaits.
fn order(seed: u64) -> Vec<(u32, u32)> {
    let order = Rc::new(RefCell::new(Vec::new()));
    let lock = Rc::new(Mutex::new(()));
    let client = |number: u32| {
        let (order, lock) = (Rc::clone(&order), Rc::clone(&lock));
        async move {
            for step in 0..4 {
                drop(lock.lock().await);
                order.borrow_mut().push((number, step));
            }
        }
    };
    let trial = || {
        Trial::new()
            .client(client(0))
            .client(client(1))
            .client(client(2))
    };
    Explorer::new(seed).schedules(1).explore(trial).unwrap();
    order.take()
}

#[test]
fn a_seed_is_an_order() {
    let orders: Vec<_> = (0..100).map(order).collect();
    for (seed, first) in (0..100).zip(&orders) {
        assert_eq!(order(seed), *first, "seed {seed}");
    }
    let mut different = orders.clone();
    different.sort();
    different.dedup();
    assert!(different.len() > 30, "{} of 100 orders", different.len());
}

#[test]
fn the_seed_of_a_failure_is_the_failure() {
    let trial = || twice(racy_increment, 2);
    let failure = Explorer::new(SEED).explore(trial).unwrap_err();
    let again = Explorer::new(failure.seed)
        .schedules(1)
        .explore(trial)
        .unwrap_err();
    assert_eq!(again.schedule, failure.schedule);
    assert_eq!(again.passed, 0);
}

#[test]
fn a_schedule_is_a_text() {
    let trial = || twice(racy_increment, 2);
    let failure = Explorer::new(SEED).explore(trial).unwrap_err();
    let fails: Schedule = failure.schedule.to_string().parse().unwrap();
    assert_eq!(
        Explorer::new(0).replay(&fails, trial()),
        Err("1 instead of 2".to_owned())
    );
    let passes: Schedule = "0 1".parse().unwrap();
    assert_eq!(Explorer::new(0).replay(&passes, trial()), Ok(()));
}

/// What is told is what a user pastes.
#[test]
fn a_failure_tells_the_schedule_and_the_seed() {
    let failure = Explorer::new(SEED)
        .explore(|| twice(racy_increment, 2))
        .unwrap_err();
    let told = failure.to_string();
    assert!(
        told.contains(&format!("schedule  {}\n", failure.schedule)),
        "{told}"
    );
    assert!(
        told.contains(&format!("seed      {:#x}", failure.seed)),
        "{told}"
    );
    assert!(told.contains("run again, it failed each time"), "{told}");
}
