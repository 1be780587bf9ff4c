//! The tokio runtimes that cases run on.
//!
//! To make one takes longer than most cases in memory do, so one that a run has left as it found it serves another run.
//! One with a task still alive is ended with that task: a run never sees what another one left.

use std::any::Any;
use std::cell::OnceCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Builder, Runtime};

use super::backend::{ClockKind, Flavor};

/// Those of this process.
pub(crate) static RUNTIMES: Runtimes = Runtimes {
    idle: Mutex::new(Vec::new()),
};

/// Runtimes that wait for a run: as many as there were runs side by side, at most.
pub(crate) struct Runtimes {
    idle: Mutex<Vec<Runtime>>,
}

impl Runtimes {
    /// A runtime on which nothing runs.
    pub(crate) fn take(&self, flavor: Flavor, clock: ClockKind) -> Runtime {
        let idle = is_reusable(flavor, clock).then(|| self.idle().pop());
        idle.flatten().unwrap_or_else(|| make(flavor, clock))
    }

    /// Gives back one that was taken for the same flavor and clock.
    pub(crate) fn put_back(&self, runtime: Runtime, flavor: Flavor, clock: ClockKind) {
        if is_reusable(flavor, clock) && runtime.metrics().num_alive_tasks() == 0 {
            self.idle().push(runtime);
        } else {
            // Blocking tasks that do not end must not hold the test.
            runtime.shutdown_background();
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Runtime>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The runtime of a run, which is taken when first asked for: a sync case on a sync backend needs none.
///
/// It is of any type, so that the compiler does not describe it to every crate of tests: a runtime is a lot to describe.
#[derive(Default)]
pub(crate) struct LazyRuntime(OnceCell<Box<dyn Any>>);

impl LazyRuntime {
    pub(crate) fn get_or_take(&self, flavor: Flavor, clock: ClockKind) -> &Runtime {
        self.0
            .get_or_init(|| Box::new(RUNTIMES.take(flavor, clock)));
        self.get().expect("just taken")
    }

    pub(crate) fn get(&self) -> Option<&Runtime> {
        self.0.get()?.downcast_ref()
    }

    pub(crate) fn into_inner(self) -> Option<Runtime> {
        let runtime = self.0.into_inner()?.downcast().ok()?;
        Some(*runtime)
    }
}

/// A paused clock may have been moved, and worker threads that wait for a run are more than a run is worth.
fn is_reusable(flavor: Flavor, clock: ClockKind) -> bool {
    flavor == Flavor::CurrentThread && clock == ClockKind::Real
}

fn make(flavor: Flavor, clock: ClockKind) -> Runtime {
    let mut builder = match flavor {
        Flavor::CurrentThread => Builder::new_current_thread(),
        #[cfg(feature = "multi-thread")]
        Flavor::MultiThread => Builder::new_multi_thread(),
    };
    builder.enable_all();
    if clock == ClockKind::Virtual {
        builder.start_paused(true);
    }
    builder.build().expect("a tokio runtime")
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::sync::Arc;

    use super::*;

    const REUSABLE: (Flavor, ClockKind) = (Flavor::CurrentThread, ClockKind::Real);

    /// How many wait after one was used as `use_it` says.
    fn left(flavor: Flavor, clock: ClockKind, use_it: impl FnOnce(&Runtime)) -> usize {
        let runtimes = Runtimes {
            idle: Mutex::default(),
        };
        let runtime = runtimes.take(flavor, clock);
        use_it(&runtime);
        runtimes.put_back(runtime, flavor, clock);
        let left = runtimes.idle().len();
        drop(runtimes.take(flavor, clock));
        assert_eq!(runtimes.idle().len(), 0);
        left
    }

    #[test]
    fn one_that_was_left_as_it_was_serves_again() {
        let (flavor, clock) = REUSABLE;
        let used = |runtime: &Runtime| runtime.block_on(async { tokio::spawn(async {}).await });
        assert_eq!(
            left(flavor, clock, |runtime| used(runtime).expect("ends")),
            1
        );
    }

    #[test]
    fn one_with_a_task_ends_with_it() {
        let (flavor, clock) = REUSABLE;
        let held = Arc::new(());
        let holds = Arc::clone(&held);
        let task = async move {
            pending::<()>().await;
            drop(holds);
        };
        let count = left(flavor, clock, |runtime| drop(runtime.spawn(task)));
        assert_eq!((count, Arc::strong_count(&held)), (0, 1));
    }

    #[test]
    fn others_are_made_anew() {
        assert_eq!(left(Flavor::CurrentThread, ClockKind::Virtual, |_| {}), 0);
        assert_eq!(left(Flavor::MultiThread, ClockKind::Real, |_| {}), 0);
    }
}
