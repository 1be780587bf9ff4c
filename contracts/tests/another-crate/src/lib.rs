//! Contracts, suites and backends for the tests of other crates, where contrait goes by another name.

pub mod number;

/// What a facade of this crate would hand on.
pub mod facade {
    pub use crate::number::*;
    pub use behaviour;
}

/// A suite by another name.
pub use number::suite as renamed;
