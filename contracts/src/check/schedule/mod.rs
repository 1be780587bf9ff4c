//! Schedules of async code that can be had again: who runs when, down to every await of a tokio primitive.
//!
//! Code that keeps its state in this process hardly ever waits, so that whoever runs it concurrently on a quiet machine
//! sees one order of many. An [`Explorer`] runs clients by turns within one task, and holds each up where a seed says so:
//! it leaves tokio's cooperative budget with a few units, so that a client is pending at the next await of a `Mutex`, a
//! `Semaphore`, a channel, though nothing keeps it there. A schedule that fails is made as simple as it can be, and had
//! again by its seed or as text.
//!
//! ```
//! use std::rc::Rc;
//!
//! use contrait::check::schedule::{Explorer, Trial};
//! use tokio::sync::Mutex;
//!
//! async fn increment(count: Rc<Mutex<u32>>) {
//!     let read = *count.lock().await;
//!     *count.lock().await = read + 1; // what came between is lost
//! }
//!
//! fn trial() -> Trial<'static> {
//!     let count = Rc::new(Mutex::new(0));
//!     Trial::new()
//!         .client(increment(Rc::clone(&count)))
//!         .client(increment(Rc::clone(&count)))
//!         .finally(async move {
//!             match *count.lock().await {
//!                 2 => Ok(()),
//!                 other => Err(format!("two increments made {other}")),
//!             }
//!         })
//! }
//!
//! let failure = Explorer::new(7).explore(trial).unwrap_err();
//! assert_eq!(failure.reason, "two increments made 1");
//! // One comes to its first await, and then the other one goes on as far as it can.
//! assert_eq!(failure.schedule.switches(), 1);
//! assert!(Explorer::new(0).replay(&failure.schedule, trial()).is_err());
//! ```
//!
//! Its limits: only awaits of tokio's primitives are switch points, and those of what is built on them. Since tokio 1.54
//! a client that is held up at a lock has its place there already, or the lock itself; others come in between where they
//! wait for the same one, as they would on a runtime of one thread. What other tasks, threads and sockets do is theirs, and
//! is not had again. Code that switches off the budget (`unconstrained`) cannot be held up. It needs a runtime of tokio,
//! which [`Explorer::explore`] makes.

mod brake;
mod chooser;
mod explorer;
mod interleave;
mod join;
mod plan;
mod trial;

pub(crate) use brake::{Brake, FINEST, is_used_up};
pub(crate) use chooser::Chooser;
pub(crate) use explorer::Simplifier;
pub(crate) use interleave::{Ended, have_a_budget, interleave};
pub(crate) use plan::Units;

pub use explorer::{Explored, Explorer, Failure};
pub use join::{Clients, call};
pub use plan::{NoSchedule, Schedule};
pub use trial::Trial;
