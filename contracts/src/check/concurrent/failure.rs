//! What is told of answers that no order explains.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::program::{Planned, Program};
use crate::check::again::Again;
use crate::check::linearizability::{Exhausted, History, Report, Specification, Violation};
use crate::check::operation::{Operation, call_source};
use crate::check::schedule::{Ended, Schedule};
use crate::report::counted;

/// The folder that failures are written to as pages.
const HTML: &str = "CONTRAIT_HTML";

/// What is wrong with a run.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) text: String,
    html: Option<String>,
    /// Whether it only says that nobody can tell.
    pub(super) undecided: bool,
    /// Whether all clients ended: answers say nothing of a panic, or of a call that never returns.
    pub(super) answered: bool,
}

impl Finding {
    pub(super) fn violation<S: Specification>(
        specification: &S,
        history: &History<S::Operation, S::Outcome>,
        violation: &Violation<S::State>,
    ) -> Self {
        let report = Report::new(specification, history, violation);
        Self {
            text: report.to_string(),
            html: Some(report.html()),
            undecided: false,
            answered: true,
        }
    }

    pub(super) fn ended<O: Operation>(
        ended: &Ended,
        history: &History<Arc<O>, Arc<O::Outcome>>,
    ) -> Self {
        let mut text = format!("{ended}\nthe calls until then:\n");
        for entry in history.entries() {
            text += &format!("  {:?}\n", entry.operation);
        }
        Self {
            text,
            html: None,
            undecided: false,
            answered: false,
        }
    }

    pub(super) fn undecided(why: &Exhausted) -> Self {
        Self {
            text: format!("whether an order explains the answers was {why}: run fewer calls\n"),
            html: None,
            undecided: true,
            answered: true,
        }
    }
}

/// A program whose clients are answered what no order explains, shrunk.
pub(super) struct Failure<O> {
    pub(super) finding: Finding,
    pub(super) program: Program<O>,
    pub(super) schedule: Schedule,
    /// How many calls it had when it was found.
    pub(super) found_with: usize,
    pub(super) shrink_runs: usize,
    /// How often it failed when it was run again.
    pub(super) again: Again,
    /// Whether it depends on nothing but its schedule.
    pub(super) by_schedule: bool,
    pub(super) left_out: Vec<&'static str>,
    /// What the implementation does as if it did, in words, where that is known.
    pub(super) nearest: Option<String>,
    /// A case to paste into the suite, or why there is none.
    pub(super) case: Result<String, &'static str>,
}

impl<O: Operation> fmt::Display for Failure<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.finding.text.trim_end())?;
        writeln!(f)?;
        let handles = if self.program.shared {
            "one handle"
        } else {
            "a handle each"
        };
        match self.program.active() {
            1 => writeln!(f, "the calls of one client:")?,
            clients => writeln!(f, "the calls of {clients} clients, with {handles}:")?,
        }
        for (client, calls) in self.program.clients.iter().enumerate() {
            for (index, planned) in calls.iter().enumerate() {
                let client = if index == 0 {
                    format!("client {client}")
                } else {
                    String::new()
                };
                writeln!(f, "  {client:9} {}", told(planned))?;
            }
        }
        if self.by_schedule && self.schedule.turns.is_empty() {
            writeln!(
                f,
                "schedule: each client as far as it can, one after the other"
            )?;
        } else if self.by_schedule {
            writeln!(
                f,
                "schedule: {}  (client.awaits; then each as far as it can)",
                self.schedule
            )?;
        }
        writeln!(
            f,
            "found in {}, of which {} left {}; run again, it failed {}",
            counted(self.found_with, "call"),
            counted(self.shrink_runs, "run"),
            self.program.len(),
            self.again
        )?;
        if !self.left_out.is_empty() {
            writeln!(
                f,
                "not called, since no one key says what they concern: {}",
                self.left_out.join(", ")
            )?;
        }
        if let Some(nearest) = &self.nearest {
            writeln!(f, "as if {nearest}")?;
        }
        match &self.case {
            Ok(case) => write!(f, "as a case:\n\n{case}"),
            Err(why) => write!(f, "no case to paste: {why}"),
        }
    }
}

fn told<O: Operation>(planned: &Planned<O>) -> String {
    let call = match planned {
        Planned::Pass(by) => return format!("{by:?} pass"),
        Planned::Call(call) => call,
    };
    let drop = match call.dropped_after {
        Some(polls) => format!(
            "  dropped when it has been pending {}",
            counted(polls, "time")
        ),
        None => String::new(),
    };
    format!("{}{drop}", call_source(&*call.operation))
}

impl<O> Failure<O> {
    /// Writes the timeline as a page where the environment names a folder; says where, or how to have one.
    pub(super) fn page(&self, name: &str) -> Option<String> {
        let html = self.finding.html.as_deref()?;
        let Some(folder) = env::var_os(HTML).filter(|folder| !folder.is_empty()) else {
            return Some(format!("{HTML}=FOLDER writes the timeline as a page"));
        };
        let path = PathBuf::from(folder).join(format!("{}.html", name.replace("::", "-")));
        Some(match write(&path, html) {
            Ok(()) => format!("the timeline as a page: {}", path.display()),
            Err(error) => format!(
                "the page could not be written to {}: {error}",
                path.display()
            ),
        })
    }
}

fn write(path: &Path, html: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, html)
}
