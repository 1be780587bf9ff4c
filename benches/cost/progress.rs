//! Tells whoever waits what is going on; the tables go to standard output, this does not.

use std::fmt::Display;
use std::io::{Write, stderr};

/// Prints a line to standard error.
pub(crate) fn progress(what: impl Display) {
    // Nobody may be listening, and nothing depends on it.
    let _ = writeln!(stderr(), "cost: {what}");
}
