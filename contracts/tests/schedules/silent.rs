//! What is right under every schedule is never reported.

use std::rc::Rc;

use contrait::check::schedule::{Explorer, Trial};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::{SEED, increment, twice};

#[test]
fn increments_under_a_lock() {
    let explored = Explorer::new(SEED)
        .schedules(20_000)
        .explore(|| twice(increment, 2));
    assert_eq!(explored.unwrap().schedules, 20_000);
}

#[test]
fn locks_in_one_order() {
    let make = || {
        let locks = Rc::new((Mutex::new(0), Mutex::new(0)));
        let client = |locks: Rc<(Mutex<u32>, Mutex<u32>)>| async move {
            let mut one = locks.0.lock().await;
            let mut other = locks.1.lock().await;
            assert_eq!(*one, *other);
            *one += 1;
            tokio::task::consume_budget().await;
            *other += 1;
        };
        Trial::new()
            .client(client(Rc::clone(&locks)))
            .client(client(Rc::clone(&locks)))
            .client(client(locks))
    };
    Explorer::new(SEED).schedules(5000).explore(make).unwrap();
}

#[test]
fn answers_with_their_questions() {
    let make = || {
        let (ask, mut asked) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
        let client = |number, ask: mpsc::Sender<_>| async move {
            for _ in 0..2 {
                let (sender, answer) = oneshot::channel();
                ask.send((number, sender)).await.expect("is open");
                assert_eq!(answer.await, Ok(number));
            }
        };
        Trial::new()
            .client(client(1, ask.clone()))
            .client(client(2, ask))
            .client(async move {
                while let Some((number, answer)) = asked.recv().await {
                    answer.send(number).expect("somebody waits");
                }
            })
    };
    Explorer::new(SEED).schedules(5000).explore(make).unwrap();
}

/// Time is the runtime's, and passes when all clients wait for it.
#[test]
fn time_that_is_waited_for() {
    let make = || {
        let lock = Rc::new(Mutex::new(0));
        let client = |lock: Rc<Mutex<u64>>| async move {
            for _ in 0..3 {
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                *lock.lock().await += 1;
            }
        };
        Trial::new()
            .client(client(Rc::clone(&lock)))
            .client(client(lock))
    };
    Explorer::new(SEED).schedules(200).explore(make).unwrap();
}
