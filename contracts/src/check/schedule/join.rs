//! Clients of a case, joined under a schedule: as `tokio::join!`, but that their turns are chosen.

use std::cell::Cell;
use std::future::Future;

use super::plan::Schedule;
use super::trial::Trial;

impl Schedule {
    /// Runs a tuple of two to six futures to their ends, with the turns of this schedule, and answers what they yield.
    ///
    /// Where each awaits its calls by [`call`], the turns are those of the generated check of concurrent clients.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
    /// use contrait::check::schedule::{Schedule, call};
    /// use tokio::sync::Mutex;
    ///
    /// let count = Mutex::new(0);
    /// let racy = async || {
    ///     let read = *count.lock().await;
    ///     *count.lock().await = read + 1;
    ///     read + 1
    /// };
    /// let schedule: Schedule = "0.1 1".parse().unwrap();
    /// let (one, other) = schedule.join((call(racy()), call(racy()))).await;
    /// assert_eq!((one, other), (1, 1), "one increment is lost");
    /// # });
    /// ```
    ///
    /// # Panics
    /// Where one of them panics, or waits for what never comes.
    pub async fn join<C: Clients>(&self, clients: C) -> C::Answers {
        clients.run(self).await
    }
}

/// Makes a call as clients of the generated check do: others may have their turns before it.
pub async fn call<T>(call: impl Future<Output = T>) -> T {
    tokio::task::consume_budget().await;
    call.await
}

/// Futures that [`Schedule::join`] runs.
pub trait Clients {
    /// What they yield.
    type Answers;

    /// Runs them to their ends.
    fn run(self, schedule: &Schedule) -> impl Future<Output = Self::Answers>;
}

macro_rules! clients {
    ($($client:ident $slot:ident: $future:ident),*) => {
        impl<$($future: Future),*> Clients for ($($future,)*) {
            type Answers = ($($future::Output,)*);

            async fn run(self, schedule: &Schedule) -> Self::Answers {
                let ($($client,)*) = self;
                let answers = ($(Slot::<$future::Output>::new(None),)*);
                {
                    let ($($slot,)*) = &answers;
                    let trial = Trial::new();
                    $(let trial = trial.client(async move { $slot.set(Some($client.await)) });)*
                    if let Err(why) = trial.under(schedule).await {
                        panic!("{why}");
                    }
                }
                let ($($client,)*) = answers;
                ($($client.into_inner().expect("it has ended"),)*)
            }
        }
    };
}

/// Where a client leaves what it yields.
type Slot<T> = Cell<Option<T>>;

clients!(a to_a: A, b to_b: B);
clients!(a to_a: A, b to_b: B, c to_c: C);
clients!(a to_a: A, b to_b: B, c to_c: C, d to_d: D);
clients!(a to_a: A, b to_b: B, c to_c: C, d to_d: D, e to_e: E);
clients!(a to_a: A, b to_b: B, c to_c: C, d to_d: D, e to_e: E, f to_f: F);
