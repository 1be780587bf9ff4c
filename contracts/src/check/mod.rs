//! The checks that no one writes by hand: what was observed of an implementation, judged against a model of it.
//!
//! Each check stands on its own and takes plain data, so that it can be used without the macros, on what another tool
//! recorded.

pub mod linearizability;
