//! Mocks that cannot lie, and stubs that nobody has to write.
//!
//! A mock answers what a test told it to, which need not be what any implementation would answer: the test then proves
//! something about a world that does not exist. [`Verified`] replays each answer of a mock on the reference model, and fails
//! the test at the first that is impossible. Where no more is wanted than an implementation that behaves, [`Stub`] is the
//! model itself.

mod history;
mod judge;
mod mock;
mod possible;
mod stub;
mod time;

pub use mock::Verified;
pub use stub::Stub;
