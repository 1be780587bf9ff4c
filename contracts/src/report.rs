//! What is known of a run of a case, for people and for tools.
//!
//! # The file of records
//! With `CONTRAIT_RECORD=FILE` in the environment, every case that ran appends one line to `FILE`: a [`Record`] as a
//! JSON object. Several processes may write into one file, since a line is written at once. A line that a killed
//! process left unfinished is the file's last or is followed by whole lines; [`Record::read`] names it. Readers accept
//! what they do not know: a new field does not change [`FORMAT`], a changed meaning does.
//!
//! What says more of a suite than that it passed has lines of its own, with one field that says what they are:
//! `{"strength": …}` is a `check::strength::KillMatrix`, `{"coverage": …}` a `check::coverage::Coverage`. `cargo contrait`
//! adds `{"binary": …}` and `{"ended": …}`: which test binary ran, and what became of its tests, ignored ones too.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::runtime::{BackendInfo, Context, Ended, Lack, Promise};

/// The version of the records' format.
pub const FORMAT: u32 = 1;

/// The field of a line that holds a [`KillMatrix`](crate::check::strength::KillMatrix).
#[cfg(feature = "check")]
pub(crate) const STRENGTH: &str = "strength";
/// The field of a line that holds a [`Coverage`](crate::check::coverage::Coverage).
#[cfg(feature = "check")]
pub(crate) const COVERAGE: &str = "coverage";

/// The tag of generated checks, which tell their operations themselves.
const GENERATED: &str = "generated";

/// How a case ended on a backend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The backend keeps the promise.
    Passed,
    /// It does not.
    Failed,
    /// It does not, as it declares.
    Lacking,
}

/// A call that a case made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Reads a file of records. A line that is none is an error in its place, with its number; lines of other kinds are
    /// left out.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Result<Self, String>>> {
        let text = std::fs::read_to_string(path)?;
        let parse = |(index, line): (usize, &str)| {
            serde_json::from_str(line)
                .map_err(|error| format!("{}:{}: {error}", path.display(), index + 1))
        };
        Ok(text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.is_empty() && !is_of_another_kind(line))
            .map(parse)
            .collect())
    }

    pub(crate) fn append_to(&self, path: &Path) -> io::Result<()> {
        append_line(self, path)
    }
}

/// Whether a line is whole, and one of those with a single field.
fn is_of_another_kind(line: &str) -> bool {
    let kinds = ["strength", "coverage", "binary", "ended"];
    let field = line
        .strip_prefix("{\"")
        .and_then(|line| line.split_once("\":"));
    field.is_some_and(|(field, _)| kinds.contains(&field))
}

fn append_line(line: &impl Serialize, path: &Path) -> io::Result<()> {
    let mut line = serde_json::to_vec(line)?;
    line.push(b'\n');
    // One write to a file opened for appending: lines of several processes do not mix.
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?
        .write_all(&line)
}

/// Appends a line of another kind.
#[cfg(feature = "check")]
pub(crate) fn append_kind(kind: &str, what: &impl Serialize, path: &Path) -> io::Result<()> {
    append_line(&std::collections::BTreeMap::from([(kind, what)]), path)
}

/// What a file holds of a kind. Lines of other kinds, and what is no line, are left out.
#[cfg(feature = "check")]
pub(crate) fn read_kind<T: serde::de::DeserializeOwned>(
    path: &Path,
    kind: &str,
) -> io::Result<Vec<T>> {
    let text = std::fs::read_to_string(path)?;
    let parse = |line: &str| {
        let mut line: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(line).ok()?;
        serde_json::from_value(line.remove(kind)?).ok()
    };
    Ok(text.lines().filter_map(parse).collect())
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

/// The report of a case that failed, or one line for one that did not.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = format!("{}::{}", self.backend, self.case);
        match self.outcome {
            Outcome::Passed => return write!(f, "{name} keeps its promise"),
            Outcome::Lacking => {
                return write!(
                    f,
                    "{name} is lacking: {}",
                    self.reason.as_deref().unwrap_or_default()
                );
            }
            Outcome::Failed => writeln!(f, "{name} breaks its promise")?,
        }
        writeln!(
            f,
            "  promise     {}",
            self.promise.replace('\n', "\n              ")
        )?;
        writeln!(
            f,
            "  case        {} ({}:{})",
            self.suite, self.file, self.line
        )?;
        if let Some(server) = &self.server {
            writeln!(f, "  server      {server}")?;
        }
        writeln!(f, "  seed        CONTRAIT_SEED={} repeats it", self.seed)?;
        let reason = self.reason.as_deref().unwrap_or_default();
        writeln!(
            f,
            "  reason      {}",
            reason.replace('\n', "\n              ")
        )?;
        self.operations(f)
    }
}

impl Record {
    fn operations(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operations.is_empty() {
            let told = self.tags.iter().any(|tag| tag == GENERATED);
            return if told {
                Ok(())
            } else {
                write!(f, "  operations  none")
            };
        }
        write!(f, "  operations")?;
        if self.operations_dropped > 0 {
            write!(
                f,
                "\n    … {} older ones were not kept",
                self.operations_dropped
            )?;
        }
        for Operation {
            at,
            handle,
            call,
            outcome,
            took,
        } in &self.operations
        {
            let at = format!("{at:.1?}");
            let outcome = outcome.as_deref().unwrap_or("did not return");
            write!(
                f,
                "\n    {at:>9}  {handle}.{call} -> {outcome}  [{took:.1?}]"
            )?;
        }
        Ok(())
    }
}
