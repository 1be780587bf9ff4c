//! The checks that no one writes by hand: what was observed of an implementation, judged against a model of it.
//!
//! [`linearizability`] stands on its own and takes plain data, so that it can be used without the macros, on what
//! another tool recorded. The others stand on the operations that `#[contract]` writes for a trait: [`operation`] is what
//! they know of a contract, [`generate`] makes sequences, [`lockstep`] runs them on an implementation and on a [`Model`].
//! [`Faults`], [`Verified`] and [`Stub`] are for the tests of those who use a contract.

mod again;
pub mod cancellation;
#[doc(hidden)]
pub mod concurrent;
pub mod coverage;
pub mod faults;
pub mod generate;
#[doc(hidden)]
pub mod generated;
pub mod intercept;
pub mod linearizability;
pub mod lockstep;
#[doc(hidden)]
pub mod means;
mod model;
#[doc(hidden)]
pub mod modelled;
pub mod operation;
mod panic;
mod pasted;
mod progress;
mod regressions;
pub mod schedule;
pub mod strength;
pub mod verified;

pub use cancellation::Cancellation;
pub use faults::Faults;
pub use generate::Draw;
pub use model::{Effect, Model};
pub use operation::{Argument, Bound, Made, Makes};
use panic::panic_text;
use progress::say;
pub use regressions::Regressions;
pub use verified::{Stub, Verified};
