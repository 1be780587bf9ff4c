//! Every shape of trait, suite and backend that the macros take, each under a small suite of its own.
//!
//! The lints are those of a strict user: an expansion that earns a warning fails the build.

#![forbid(unsafe_code)]
#![deny(
    warnings,
    missing_docs,
    unused,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms
)]

pub mod asynchrony;
pub mod elsewhere;
pub mod generics;
pub mod groups;
pub mod methods;
pub mod mocks;
pub mod objects;
pub mod places;
pub mod readme;
pub mod receivers;
pub mod recorder;
pub mod remote;
pub mod returns;
pub mod suites;
pub mod supertraits;
