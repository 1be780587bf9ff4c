//! A step of a sequence.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::check::operation::{Argument, Operation};

/// A step of a sequence.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step<O> {
    /// A call.
    Call(O),
    /// Time that passes.
    Pass(Duration),
}

impl<O: Operation> fmt::Debug for Step<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(operation) => operation.fmt(f),
            Self::Pass(by) => write!(f, "advance({})", by.source()),
        }
    }
}
