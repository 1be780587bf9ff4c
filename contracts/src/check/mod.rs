//! The checks that no one writes by hand: what was observed of an implementation, judged against a model of it.
//!
//! [`linearizability`] stands on its own and takes plain data, so that it can be used without the macros, on what
//! another tool recorded. The others come with the feature `check`, and stand on the operations that `#[contract]` then
//! writes for a trait: [`operation`] is what they know of a contract, [`generate`] makes sequences, [`lockstep`] runs them
//! on an implementation and on a [`Model`]. [`Faults`], [`Verified`] and [`Stub`] are for the tests of those who use a contract.

#[cfg(feature = "check")]
mod again;
#[cfg(feature = "check")]
pub mod cancellation;
#[cfg(feature = "check")]
#[doc(hidden)]
pub mod concurrent;
#[cfg(feature = "check")]
pub mod coverage;
#[cfg(feature = "check")]
pub mod faults;
#[cfg(feature = "check")]
pub mod generate;
#[cfg(feature = "check")]
#[doc(hidden)]
pub mod generated;
#[cfg(feature = "check")]
pub mod intercept;
pub mod linearizability;
#[cfg(feature = "check")]
pub mod lockstep;
#[cfg(feature = "check")]
#[doc(hidden)]
pub mod means;
#[cfg(feature = "check")]
mod model;
#[cfg(feature = "check")]
pub mod operation;
#[cfg(feature = "check")]
mod panic;
#[cfg(feature = "check")]
mod pasted;
#[cfg(feature = "check")]
mod progress;
#[cfg(feature = "check")]
mod regressions;
#[cfg(feature = "check")]
pub mod schedule;
#[cfg(feature = "check")]
pub mod strength;
#[cfg(feature = "check")]
pub mod verified;

#[cfg(feature = "check")]
pub use cancellation::Cancellation;
#[cfg(feature = "check")]
pub use faults::Faults;
#[cfg(feature = "check")]
pub use generate::Draw;
#[cfg(feature = "check")]
pub use model::{Effect, Model};
#[cfg(feature = "check")]
pub use operation::{Argument, Bound, Made, Makes};
#[cfg(feature = "check")]
use panic::panic_text;
#[cfg(feature = "check")]
use progress::say;
#[cfg(feature = "check")]
pub use regressions::Regressions;
#[cfg(feature = "check")]
pub use verified::{Stub, Verified};
