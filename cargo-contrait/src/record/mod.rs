//! What the tests wrote: the lines of a file of records.
//!
//! These are reader types of this command, not those of contrait: a workspace builds its tests with whichever version it
//! depends on, and a reader that borrows reads several times as fast. What is not known here is left out; a record of
//! another format is an error, since its meaning may be another.

mod coverage;
mod file;
mod listing;
mod strength;

use std::borrow::Cow;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use coverage::{Answers, Coverage};
pub(crate) use file::{Records, Texts, append};
pub(crate) use listing::{Binary, Ended, Line, Test, TestState};
pub(crate) use strength::{KillMatrix, Row, Verdict};

/// The format that is read.
pub(crate) const FORMAT: u32 = 1;

/// How a case ended on a backend. The fields are those of `contrait::report::Record`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Record<'t> {
    pub(crate) format: u32,
    #[serde(borrow)]
    pub(crate) package: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) suite: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) backend: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) case: Cow<'t, str>,
    #[serde(borrow)]
    pub(crate) promise: Cow<'t, str>,
    #[serde(borrow, default)]
    pub(crate) tags: Vec<Cow<'t, str>>,
    #[serde(borrow)]
    pub(crate) file: Cow<'t, str>,
    pub(crate) line: u32,
    pub(crate) outcome: Ending,
    #[serde(borrow, default)]
    pub(crate) reason: Option<Cow<'t, str>>,
    #[serde(borrow)]
    pub(crate) seed: Cow<'t, str>,
    #[serde(borrow, default)]
    pub(crate) server: Option<Cow<'t, str>>,
    pub(crate) duration_us: u64,
    #[serde(default)]
    pub(crate) operations: Vec<Operation>,
    #[serde(default)]
    pub(crate) operations_dropped: usize,
}

/// How a case that ran ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Ending {
    Passed,
    Failed,
    Lacking,
}

/// A call that a case made.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Operation {
    /// When it began, on the clock of the case.
    pub(crate) at: Duration,
    /// The parameter of the case whose handle it was made on.
    pub(crate) handle: String,
    /// The method with its arguments.
    pub(crate) call: String,
    /// What it returned; nothing where it had not when the case was given up.
    pub(crate) outcome: Option<String>,
    /// How long it took, in real time.
    pub(crate) took: Duration,
}

impl Record<'_> {
    /// Whether the case was not written by hand, but follows from the trait.
    pub(crate) fn is_generated(&self) -> bool {
        self.tags.iter().any(|tag| tag == "generated")
    }
}
