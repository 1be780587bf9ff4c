//! What is told of a dropped call.

use std::fmt;

use super::Cancellation;
use super::cut::Cut;
use crate::check::again::Again;
use crate::check::lockstep::Answer;
use crate::check::operation::{Operation, call_source};
use crate::report::counted;

/// What is wrong with a run.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The dropped call as Rust.
    pub(super) call: String,
    pub(super) cut: Cut,
    pub(super) what: &'static str,
    pub(super) lines: Vec<Line>,
    /// Whether it waited for anything: then it need not come out the same again.
    pub(super) waited: bool,
}

/// A call, what it was answered, and what it should have been.
#[derive(Clone, Debug)]
pub(super) struct Line {
    call: String,
    seen: String,
    expected: Expected,
}

#[derive(Clone, Debug)]
enum Expected {
    /// It is the one that was dropped.
    Dropped,
    Before(String),
    /// Without the dropped call, and with it.
    After(String, String),
}

impl Line {
    pub(super) fn before<O: Operation>(
        operation: &O,
        seen: &Answer<O::Outcome>,
        expected: &O::Outcome,
    ) -> Self {
        Self::new(
            operation,
            seen.to_string(),
            Expected::Before(format!("{expected:?}")),
        )
    }

    pub(super) fn ended<O: Operation>(operation: &O, seen: &str) -> Self {
        Self::new(operation, seen.to_owned(), Expected::Dropped)
    }

    pub(super) fn after<O: Operation>(
        operation: &O,
        seen: &Answer<O::Outcome>,
        (without, with): &(O::Outcome, O::Outcome),
    ) -> Self {
        let expected = Expected::After(format!("{without:?}"), format!("{with:?}"));
        Self::new(operation, seen.to_string(), expected)
    }

    fn new<O: Operation>(operation: &O, seen: String, expected: Expected) -> Self {
        Self {
            call: call_source(operation),
            seen,
            expected,
        }
    }
}

/// A dropped call that breaks what is declared, with as little around it as possible.
pub(super) struct Failure {
    pub(super) finding: Finding,
    pub(super) policy: Cancellation,
    /// How many calls there were around it when it was found.
    pub(super) found_with: usize,
    pub(super) shrink_runs: usize,
    /// How often it failed when it was run again.
    pub(super) again: Again,
    /// What the implementation does as if it did, in words, where that is known.
    pub(super) nearest: Option<String>,
    /// A case to paste into the suite, or why there is none.
    pub(super) case: Result<String, &'static str>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            call, cut, what, ..
        } = &self.finding;
        writeln!(f, "{call}, {cut}, {what}")?;
        self.table(f)?;
        let policy = self.policy;
        writeln!(
            f,
            "declared is `cancellation = {}`: {}",
            policy.name(),
            policy.promise()
        )?;
        writeln!(
            f,
            "found among {}, of which {} left {}; run again, it failed {}",
            counted(self.found_with, "call"),
            counted(self.shrink_runs, "run"),
            self.finding.lines.len(),
            self.again
        )?;
        if let Some(nearest) = &self.nearest {
            writeln!(f, "as if {nearest}")?;
        }
        match &self.case {
            Ok(case) => write!(f, "as a case:\n\n{case}"),
            Err(why) => write!(f, "no case to paste: {why}"),
        }
    }
}

impl Failure {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = &self.finding.lines;
        let width = lines.iter().map(|line| line.call.chars().count()).max();
        let width = width.unwrap_or(0).min(60);
        for (index, line) in lines.iter().enumerate() {
            let last = index + 1 == lines.len();
            let (call, seen) = (&line.call, &line.seen);
            match &line.expected {
                Expected::Dropped => writeln!(f, "  x {call:width$}  {seen}")?,
                Expected::Before(expected) if last => {
                    writeln!(f, "  > {call:width$}  {seen}")?;
                    writeln!(
                        f,
                        "    {:width$}  {expected}  is what the model answers",
                        ""
                    )?;
                }
                Expected::After(without, with) if last || without != with => {
                    let mark = if last { '>' } else { ' ' };
                    writeln!(f, "  {mark} {call:width$}  {seen}")?;
                    writeln!(f, "    {:width$}  {without}  without the dropped call", "")?;
                    writeln!(f, "    {:width$}  {with}  with it", "")?;
                }
                _ => writeln!(f, "    {call:width$}  {seen}")?,
            }
        }
        Ok(())
    }
}
