//! Backends outside of a suite: what a workbench gives them, and what it ends.

use std::sync::{Arc, Mutex};

use contrait::{Context, Workbench, backend, contract, contract_suite};

#[contract]
trait Counter {
    fn add(&self, by: u32) -> u32;
}

#[contract_suite(Counter)]
mod suite {
    use super::*;

    /// A counter begins at zero.
    #[case]
    fn begins_at_zero(counter: &dyn Counter) {
        assert_eq!(counter.add(0), 0);
    }
}

#[derive(Debug)]
struct Shared(Arc<Mutex<u32>>);

impl Counter for Shared {
    fn add(&self, by: u32) -> u32 {
        let mut sum = self.0.lock().unwrap();
        *sum += by;
        *sum
    }
}

#[backend(suite)]
fn shared(context: &Context) -> Shared {
    let in_case = context.in_case();
    assert_eq!(context.backend(), if in_case { "shared" } else { "" });
    Shared(context.shared(Arc::<Mutex<u32>>::default).as_ref().clone())
}

#[test]
fn subjects_are_bare_and_share_what_handles_share() {
    let workbench = Workbench::new("counting").unwrap();
    // The types say that there is no recorder around them.
    let (one, other): (Shared, Shared) = (shared(workbench.context()), shared(workbench.context()));
    assert_eq!((one.add(1), other.add(2)), (1, 3));
    assert!(!workbench.context().in_case());
    assert_eq!(workbench.context().case(), "counting");
    assert!(!workbench.context().clock().is_virtual());
}

#[test]
fn workbenches_share_nothing() {
    let (one, other) = (
        Workbench::new("one").unwrap(),
        Workbench::new("other").unwrap(),
    );
    assert_ne!(one.context().namespace(), other.context().namespace());
    shared(one.context()).add(1);
    assert_eq!(shared(other.context()).add(0), 0);
}

#[test]
fn teardown_runs_from_the_last_one() {
    let workbench = Workbench::new("ending").unwrap();
    let ended = Arc::new(Mutex::new(Vec::new()));
    for name in ["first", "second"] {
        let ended = Arc::clone(&ended);
        let teardown = async move { ended.lock().unwrap().push(name) };
        workbench.context().on_teardown(teardown);
    }
    let shared = Arc::downgrade(&workbench.context().shared(|| ()));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(workbench.tear_down());
    assert_eq!(*ended.lock().unwrap(), ["second", "first"]);
    assert!(shared.upgrade().is_none());
}
