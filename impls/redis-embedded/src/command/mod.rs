//! The commands: a table of them, what each is given, and how one is run.
//!
//! A command is a function and a line in the table of its family's file. The line has what Redis
//! publishes about the command, which the checks before it runs go by.

pub(crate) mod acl;
mod args;
mod bitmaps;
mod connection;
mod context;
mod dispatch;
mod error;
mod geo;
mod hashes;
mod hyperloglog;
mod info;
mod introspection;
mod keys;
mod keyspec;
mod lists;
pub(crate) mod pubsub;
#[cfg(feature = "scripts")]
pub(crate) mod scripts;
mod server;
mod sets;
#[cfg(feature = "scripts")]
mod sha1;
pub(crate) mod slowlog;
mod sort;
mod sorted_sets;
mod streams;
mod strings;
mod table;
pub(crate) mod tracking;
mod transactions;

pub(crate) use context::{Cx, Mode};
pub(crate) use dispatch::{resume, run, run_inside, serve_ready};
pub(crate) use error::{Error, Outcome};
pub(crate) use table::{Command, flag};
