//! From tokens to syntax: what the arguments of the attributes look like, before anything is known to be right.

mod arguments;
mod bodies;
mod cases;

pub(crate) use arguments::{Argument, Arguments, Positional};
pub(crate) use bodies::Bodies;
pub(crate) use cases::{BackendCases, CaseEntry, SuiteCases};
