//! Mark 4: schedules that can be had again, a second, and how many of them show a racy increment; beside them, the same
//! clients where nothing holds them up, and on two threads.
//!
//! Mark 6: no false alarm on a real Redis, which is asked for a thousand times.

mod real;

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contrait::check::schedule::{Explorer, Trial};
use tokio::runtime::Builder;
use tokio::sync::Mutex;

use crate::{Outcome, line, say};

pub(crate) use real::{is_asked_for, run};

/// The goals of mark 4.
const LEAST_A_SECOND: f64 = 30_000.0;
const LEAST_SHARE: f64 = 0.5;

/// Schedules, each of its own seed.
const SCHEDULES: u64 = 20_000;
/// Runs on threads, which take longer.
const ON_THREADS: u64 = 5_000;

type Number = Mutex<u32>;

/// Reads and writes, and lets others in between.
async fn racy(number: &Number) {
    let read = *number.lock().await;
    *number.lock().await = read + 1;
}

/// Reads and writes at once.
async fn correct(number: &Number) {
    *number.lock().await += 1;
}

fn trial<F: Future<Output = ()> + 'static>(act: fn(Rc<Number>) -> F) -> Trial<'static> {
    let number = Rc::new(Number::default());
    Trial::new()
        .client(act(Rc::clone(&number)))
        .client(act(Rc::clone(&number)))
        .finally(async move {
            match *number.lock().await {
                2 => Ok(()),
                other => Err(format!("two increments made {other}")),
            }
        })
}

/// How many of the schedules fail, and how long all of them take.
fn explored<F: Future<Output = ()> + 'static>(act: fn(Rc<Number>) -> F) -> (u64, Duration) {
    let began = Instant::now();
    let (mut seed, mut failing) = (0, 0);
    while seed < SCHEDULES {
        let left = (SCHEDULES - seed) as usize;
        let explorer = Explorer::new(seed).schedules(left).shrink_runs(0);
        match explorer.explore(|| trial(act)) {
            Ok(_) => break,
            Err(failure) => {
                failing += 1;
                seed = failure.seed + 1;
            }
        }
    }
    (failing, began.elapsed())
}

/// How many runs fail where the clients run as any other futures do.
fn without_a_schedule() -> u64 {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let failing = (0..SCHEDULES).filter(|_| {
        runtime.block_on(async {
            let number = Rc::new(Number::default());
            let (one, other) = (racy(&number), racy(&number));
            let (mut one, mut other) = (Box::pin(one), Box::pin(other));
            std::future::poll_fn(|context| {
                let done = (one.as_mut().poll(context), other.as_mut().poll(context));
                if done.0.is_ready() && done.1.is_ready() {
                    done.0
                } else {
                    std::task::Poll::Pending
                }
            })
            .await;
            *number.lock().await != 2
        })
    });
    failing.count() as u64
}

/// How many runs fail on two threads.
fn on_threads() -> u64 {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    let failing = (0..ON_THREADS).filter(|_| {
        runtime.block_on(async {
            let number = Arc::new(Number::default());
            let client = || {
                let number = Arc::clone(&number);
                tokio::spawn(async move { racy(&number).await })
            };
            let (one, other) = (client(), client());
            one.await.expect("ends");
            other.await.expect("ends");
            *number.lock().await != 2
        })
    });
    failing.count() as u64
}

/// Measures and prints everything.
pub(crate) fn measure() -> Outcome<()> {
    say(format_args!("schedules of a racy increment"));
    let (found, took) = explored(|number| async move { racy(&number).await });
    let (silent, took_silent) = explored(|number| async move { correct(&number).await });
    line(format_args!(
        "{:<44}failing",
        "two clients that increment a number"
    ));
    let row = |name: &str, failing: u64, of: u64| {
        line(format_args!("{name:<44}{failing} of {of}"));
    };
    row("racy, by schedules", found, SCHEDULES);
    row(
        "racy, nothing holds the clients up",
        without_a_schedule(),
        SCHEDULES,
    );
    row("racy, on two threads", on_threads(), ON_THREADS);
    row("correct, by schedules", silent, SCHEDULES);
    let a_second = |took: Duration| SCHEDULES as f64 / took.as_secs_f64();
    let (slowest, share) = (
        a_second(took.max(took_silent)),
        found as f64 / SCHEDULES as f64,
    );
    let reached = slowest >= LEAST_A_SECOND && share >= LEAST_SHARE && silent == 0;
    line(format_args!(
        "mark 4: {slowest:.0} schedules/s, the racy increment in {:.0} % of them, {silent} of {SCHEDULES} of correct code (>= 30000/s, >= 50 %, 0) {}",
        100.0 * share,
        if reached { "reached" } else { "short" }
    ));
    real::measure()
}
