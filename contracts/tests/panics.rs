//! What panics is shown once, where it was found: not again each time that a report is made shorter.
//!
//! In a process of its own, since who shows panics is the business of all of it.

use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use contrait::check::Model;
use contrait::report::Outcome;
use contrait::{backend, contract, contract_suite};

#[contract]
#[async_trait]
trait Sum: Send + Sync {
    async fn add(&self, by: u8) -> u32;
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Total(u32);

impl Model for Total {}

impl SumModel for Total {
    fn add(&mut self, by: u8) -> u32 {
        self.0 += u32::from(by);
        self.0
    }
}

#[contract_suite(Sum, model = |_| Total::default())]
mod suite {
    use super::Sum;

    /// Nothing is 0.
    #[case]
    async fn nothing(sum: &dyn Sum) {
        assert_eq!(sum.add(0).await, 0);
    }
}

struct Broken;

#[async_trait]
impl Sum for Broken {
    async fn add(&self, _: u8) -> u32 {
        tokio::task::yield_now().await;
        panic!("broken")
    }
}

#[backend(suite, clock = virtual, tests = false)]
fn broken() -> Broken {
    Broken
}

static SHOWN: AtomicUsize = AtomicUsize::new(0);

#[test]
fn are_shown_once() {
    panic::set_hook(Box::new(|_| {
        SHOWN.fetch_add(1, Ordering::Relaxed);
    }));
    let shown = ["lockstep", "linearizable", "cancellation"].map(|check| {
        let record = broken::conformance().run(&format!("generated::{check}"));
        (record.outcome, SHOWN.swap(0, Ordering::Relaxed))
    });
    let _ = panic::take_hook();
    assert_eq!(shown, [(Outcome::Failed, 1); 3]);
}
