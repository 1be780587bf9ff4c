//! From tokens to syntax: what the arguments of the attributes look like, before anything is known to be right.

mod arguments;
mod cases;
mod module;

pub(crate) use arguments::{Argument, Arguments, Positional};
pub(crate) use cases::{BackendCases, CaseEntry, SuiteCases};
pub(crate) use module::module;
