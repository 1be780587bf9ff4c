//! Mistakes, each found and made as simple as it can be.

use std::cell::Cell;
use std::rc::Rc;

use contrait::check::schedule::{Explorer, Failure, Trial};
use tokio::sync::{Mutex, Notify, RwLock, Semaphore, mpsc};

use crate::{SEED, racy_increment, twice};

/// The failure, with at most so many switches, that can be had again.
#[track_caller]
fn found(make: impl Fn() -> Trial<'static>, reason: &str, switches: usize) -> Failure {
    let failure = Explorer::new(SEED)
        .explore(&make)
        .expect_err("is to be found");
    assert_eq!(failure.reason, reason, "{failure}");
    assert!(failure.schedule.switches() <= switches, "{failure}");
    assert_eq!(failure.failed_again, 3, "{failure}");
    let replayed = Explorer::new(0).replay(&failure.schedule, make());
    assert_eq!(replayed, Err(reason.to_owned()));
    *failure
}

#[test]
fn a_lost_update() {
    found(|| twice(racy_increment, 2), "1 instead of 2", 1);
}

/// An invariant over two locks, seen while it does not hold.
#[test]
fn a_torn_pair() {
    let make = || {
        let pair = Rc::new((Mutex::new(0), Mutex::new(0)));
        let (writer, reader) = (Rc::clone(&pair), pair);
        Trial::new()
            .client(async move {
                *writer.0.lock().await = 1;
                *writer.1.lock().await = 1;
            })
            .client(async move {
                let other = *reader.1.lock().await;
                let one = *reader.0.lock().await;
                assert_eq!(one, other, "torn");
            })
    };
    let failure = Explorer::new(SEED).explore(make).unwrap_err();
    assert!(
        failure.reason.starts_with("client 1 panicked: assertion"),
        "{failure}"
    );
    assert!(failure.schedule.switches() <= 2, "{failure}");
}

/// Both hold what the other one waits for.
#[test]
fn a_deadlock() {
    let make = || {
        let locks = Rc::new((Mutex::new(()), Mutex::new(())));
        let other = Rc::clone(&locks);
        Trial::new()
            .client(async move {
                let _one = locks.0.lock().await;
                let _other = locks.1.lock().await;
            })
            .client(async move {
                let _other = other.1.lock().await;
                let _one = other.0.lock().await;
            })
    };
    found(make, "waits for what never comes: client 0, client 1", 2);
}

/// Asked, and then done as if nothing could have come between.
#[test]
fn a_check_before_an_act() {
    let make = || {
        let seats = Rc::new((RwLock::new(1), Mutex::new(0)));
        let book = |seats: Rc<(RwLock<u32>, Mutex<u32>)>| async move {
            if *seats.0.read().await > 0 {
                *seats.1.lock().await += 1;
                let mut free = seats.0.write().await;
                *free = free.saturating_sub(1);
            }
        };
        let (one, two) = (book(Rc::clone(&seats)), book(Rc::clone(&seats)));
        Trial::new().client(one).client(two).finally(async move {
            match *seats.1.lock().await {
                1 => Ok(()),
                sold => Err(format!("one seat was sold {sold} times")),
            }
        })
    };
    found(make, "one seat was sold 2 times", 3);
}

/// Told before anybody listened.
#[test]
fn a_lost_wake_up() {
    let make = || {
        let bell = Rc::new((Notify::new(), Mutex::new(false)));
        let rings = Rc::clone(&bell);
        Trial::new()
            .client(async move {
                if !*bell.1.lock().await {
                    tokio::task::consume_budget().await;
                    bell.0.notified().await;
                }
            })
            .client(async move {
                *rings.1.lock().await = true;
                rings.0.notify_waiters();
            })
    };
    found(make, "waits for what never comes: client 0", 2);
}

/// The slot is free again before what it held is.
#[test]
fn a_slot_that_is_free_too_early() {
    let make = || {
        let slots = Rc::new((Semaphore::new(1), Cell::new(0), Mutex::new(())));
        let work = |slots: Rc<(Semaphore, Cell<u32>, Mutex<()>)>| async move {
            let permit = slots.0.acquire().await.expect("is open");
            assert_eq!(slots.1.replace(slots.1.get() + 1), 0, "two at once");
            drop(permit);
            drop(slots.2.lock().await);
            slots.1.set(slots.1.get() - 1);
        };
        Trial::new()
            .client(work(Rc::clone(&slots)))
            .client(work(slots))
    };
    let failure = Explorer::new(SEED).explore(make).unwrap_err();
    assert!(failure.reason.contains("two at once"), "{failure}");
}

/// Three clients, of which two have to come between two awaits of the third.
#[test]
fn an_aba() {
    let make = || {
        let value = Rc::new(Mutex::new((0, 0)));
        let swap = Rc::clone(&value);
        let set = |to: u32, value: Rc<Mutex<(u32, u32)>>| async move {
            let mut value = value.lock().await;
            *value = (to, value.1 + 1);
        };
        Trial::new()
            .client(async move {
                let before = *swap.lock().await;
                let now = *swap.lock().await;
                assert!(
                    before.0 != now.0 || before.1 == now.1,
                    "the same, and changed meanwhile"
                );
            })
            .client(set(1, Rc::clone(&value)))
            .client(set(0, value))
    };
    let failure = Explorer::new(SEED).explore(make).unwrap_err();
    assert!(failure.reason.contains("changed meanwhile"), "{failure}");
    assert!(failure.schedule.switches() <= 3, "{failure}");
}

/// Answers in the order of the requests, to whoever asks next.
#[test]
fn an_answer_to_somebody_else() {
    let make = || {
        let (ask, mut asked) = mpsc::channel::<u32>(4);
        let (answer, answers) = mpsc::channel::<u32>(4);
        let answers = Rc::new(Mutex::new(answers));
        let client = |number, ask: mpsc::Sender<u32>, answers: Rc<Mutex<mpsc::Receiver<u32>>>| async move {
            ask.send(number).await.expect("is open");
            tokio::task::consume_budget().await;
            let answer = answers.lock().await.recv().await;
            assert_eq!(answer, Some(number), "somebody else's answer");
        };
        Trial::new()
            .client(client(1, ask.clone(), Rc::clone(&answers)))
            .client(client(2, ask, answers))
            .client(async move {
                while let Some(number) = asked.recv().await {
                    answer.send(number).await.expect("is open");
                }
            })
    };
    let failure = Explorer::new(SEED).explore(make).unwrap_err();
    assert!(
        failure.reason.contains("somebody else's answer"),
        "{failure}"
    );
}

/// What a task beside the clients does between two awaits is a schedule, too.
#[test]
fn a_task_in_between() {
    let make = || {
        let number = std::sync::Arc::new(Mutex::new(0));
        let spawned = std::sync::Arc::clone(&number);
        let task = tokio::spawn(async move { *spawned.lock().await = 10 });
        Trial::new().client(async move {
            let read = *number.lock().await;
            *number.lock().await = read + 1;
            task.await.expect("ends");
            let number = *number.lock().await;
            assert!(number == 10 || number == 11, "{number}");
        })
    };
    let failure = Explorer::new(SEED).explore(make).unwrap_err();
    assert!(failure.reason.ends_with("panicked: 1"), "{failure}");
}

/// Half of all schedules and more show the plainest mistake, so that a handful would do.
#[test]
fn most_schedules_show_a_race() {
    let runs = 2000;
    let failing = (0..runs).filter(|seed| {
        let explorer = Explorer::new(*seed).schedules(1).shrink_runs(0);
        explorer.explore(|| twice(racy_increment, 2)).is_err()
    });
    let failing = failing.count();
    assert!(2 * failing as u64 >= runs, "{failing} of {runs}");
}
