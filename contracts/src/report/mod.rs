//! What is known of a run of a case, for people and for tools.
//!
//! # The file of records
//! With `CONTRAIT_RECORD=FILE` in the environment, every case that ran appends one line to `FILE`: a [`Record`] as a
//! JSON object. Several processes may write into one file, since a line is written at once. A line that a killed
//! process left unfinished is the file's last or is followed by whole lines; `Record::read`, of the feature `check`,
//! names it. Readers accept what they do not know: a new field does not change [`FORMAT`], a changed meaning does.
//!
//! What says more of a suite than that it passed has lines of its own, with one field that says what they are:
//! `{"strength": …}` is a `check::strength::KillMatrix`, `{"coverage": …}` a `check::coverage::Coverage`. `cargo contrait`
//! adds `{"binary": …}` and `{"ended": …}`: which test binary ran, and what became of its tests, ignored ones too.

mod counted;
mod json;
#[cfg(feature = "check")]
mod kinds;
#[cfg(feature = "check")]
mod read;
mod text;

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

pub(crate) use counted::counted;
#[cfg(feature = "check")]
pub(crate) use counted::counted_are;
#[cfg(feature = "check")]
pub(crate) use kinds::{COVERAGE, STRENGTH, append_kind, read_kind};
#[cfg(feature = "check")]
use serde::{Deserialize, Serialize};

use crate::runtime::{BackendInfo, Context, Ended, Lack, Promise};

/// The version of the records' format.
pub const FORMAT: u32 = 1;

/// How a case ended on a backend.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "check", derive(Serialize, Deserialize))]
pub struct Record {
    /// [`FORMAT`].
    pub format: u32,
    /// The package that declares the backend.
    pub package: String,
    /// The path of the suite.
    pub suite: String,
    /// The backend's name.
    pub backend: String,
    /// The case's name, with its groups: `ttl::expires`.
    pub case: String,
    /// What the case promises: its doc comment.
    pub promise: String,
    /// What the case is tagged with.
    pub tags: Vec<String>,
    /// The file that the case stands in, as the compiler was given it.
    pub file: String,
    /// The line that it stands on.
    pub line: u32,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it failed, or why the backend lacks what it needs.
    pub reason: Option<String>,
    /// The value for `CONTRAIT_SEED` that repeats the run.
    pub seed: String,
    /// The server that the backend talked to, as the backend describes it.
    pub server: Option<String>,
    /// How long it took, in microseconds, set-up and teardown included.
    pub duration_us: u64,
    /// The operations of a case that failed, oldest first.
    pub operations: Vec<Operation>,
    /// How many older operations were not kept.
    pub operations_dropped: usize,
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(
    feature = "check",
    derive(Serialize, Deserialize),
    serde(rename_all = "lowercase")
)]
pub enum Outcome {
    /// The backend keeps the promise.
    Passed,
    /// It does not.
    Failed,
    /// It does not, as it declares.
    Lacking,
}

/// A call that a case made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "check", derive(Serialize, Deserialize))]
pub struct Operation {
    /// When it began, on the clock of the case.
    pub at: Duration,
    /// The parameter of the case whose handle it was made on.
    pub handle: String,
    /// The method with its arguments.
    pub call: String,
    /// What it returned; nothing where it had not when the case was given up.
    pub outcome: Option<String>,
    /// How long it took, in real time.
    pub took: Duration,
}

impl Record {
    pub(crate) fn new(
        info: &BackendInfo,
        promise: &Promise,
        lack: Option<&Lack>,
        ended: &Ended,
    ) -> Self {
        let (outcome, reason) = judge(lack, &ended.returned);
        let (operations, operations_dropped) = match (&ended.context, outcome) {
            (Some(context), Outcome::Failed) => context.log().snapshot(),
            _ => (Vec::new(), 0),
        };
        Self {
            format: FORMAT,
            package: info.package.to_owned(),
            suite: info.suite.to_owned(),
            backend: info.name.to_owned(),
            case: promise.name.to_owned(),
            promise: promise.promise.to_owned(),
            tags: promise.tags.iter().map(|&tag| tag.to_owned()).collect(),
            file: promise.file.to_owned(),
            line: promise.line,
            outcome,
            reason,
            seed: format!("{:#x}", ended.seed),
            server: ended.context.as_ref().and_then(Context::server_description),
            duration_us: u64::try_from(ended.took.as_micros()).unwrap_or(u64::MAX),
            operations,
            operations_dropped,
        }
    }

    pub(crate) fn append_to(&self, path: &Path) -> io::Result<()> {
        append_line(&json::line(self), path)
    }
}

/// Appends a line, which has no end yet.
fn append_line(line: &str, path: &Path) -> io::Result<()> {
    // One write to a file opened for appending: lines of several processes do not mix.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(format!("{line}\n").as_bytes())
}

fn judge(lack: Option<&Lack>, returned: &Result<(), String>) -> (Outcome, Option<String>) {
    match (lack, returned) {
        (None, Ok(())) => (Outcome::Passed, None),
        (None, Err(reason)) => (Outcome::Failed, Some(reason.clone())),
        (Some(lack), Err(_)) => (Outcome::Lacking, Some(lack.reason.to_owned())),
        (Some(lack), Ok(())) => {
            let reason = format!(
                "the backend claims to lack `{}` ({}), but passes: take it out of its `lacks(…)`",
                lack.capability, lack.reason
            );
            (Outcome::Failed, Some(reason))
        }
    }
}
