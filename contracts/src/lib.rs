//! Contracts for traits: write a trait's behaviour once, and prove that every implementation keeps it.
//!
//! ```
//! # #[cfg(feature = "suite")]
//! # mod example {
//! use contrait::{backend, contract, contract_suite};
//!
//! #[contract]
//! trait Counter {
//!     fn add(&mut self, by: u32) -> u32;
//! }
//!
//! #[contract_suite(Counter)]
//! mod suite {
//!     use super::*;
//!
//!     /// What was added is there.
//!     #[case]
//!     fn counts(counter: &mut dyn Counter) {
//!         counter.add(2);
//!         assert_eq!(counter.add(3), 5);
//!     }
//! }
//!
//! impl Counter for u32 {
//!     fn add(&mut self, by: u32) -> u32 {
//!         *self += by;
//!         *self
//!     }
//! }
//!
//! #[backend(suite)]
//! fn number() -> u32 {
//!     0
//! }
//! # pub fn run() { number::conformance().check("counts") }
//! # }
//! # #[cfg(feature = "suite")]
//! # example::run();
//! ```
//!
//! `cargo test` then runs `number::counts`.
//!
//! - [`contract`] puts a trait under contract;
//! - [`contract_suite`] turns a module of functions into the behavioural suite of that trait;
//! - [`backend`] names a function that makes an implementation, and turns the whole suite into `#[test]`s of it;
//! - [`contract_tests`] does the same for a backend that is declared in another crate.
//!
//! Without features this crate is the macros and nothing else, so that a trait under contract costs a production
//! build nothing. The feature `suite` adds the runtime that cases run on; turn it on where tests are built. What not every
//! suite wants comes on top of it, since all of it would be linked after every edit: `check` (generated checks, and
//! records to be read), `network` (cases that ask for `&Network`) and `multi-thread` (`flavor = multi_thread`). The feature
//! `cache` adds the `cache` contract.

// The expansions name `::contrait`, also where they stand in this crate.
extern crate self as contrait;

pub use contrait_macros::{backend, case, contract, contract_suite, contract_tests};

#[doc(hidden)]
pub mod __private;
#[cfg(feature = "cache")]
pub mod cache;
#[cfg(feature = "check")]
pub mod check;
#[cfg(feature = "suite")]
pub mod report;
#[cfg(feature = "suite")]
mod runtime;

#[cfg(feature = "suite")]
pub use runtime::{
    Clock, Conformance, Context, Controlled, Expiry, Lack, Late, Observed, Promise, Recorded,
    Server, ServerControl, ServerFailure, ServerState, SetupError, TimeSource, Verdict, Watch,
    Workbench,
};
#[cfg(feature = "network")]
pub use runtime::{Direction, Network, NetworkFault};
