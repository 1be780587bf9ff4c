//! What is told of a difference.

use std::fmt;
use std::time::Duration;

use super::bindings::origins;
use super::shrink::Shrunk;
use crate::check::again::Again;
use crate::check::generate::Step;
use crate::check::operation::{Argument, By, Comparison, Operation};
use crate::check::pasted::{self, Head};
use crate::report::counted;

/// How often a shrunk sequence is run again, to see whether it fails each time.
pub(super) const RERUNS: usize = 3;

/// A sequence that an implementation answers otherwise than the model, shrunk.
#[derive(Clone, Debug)]
pub struct Failure<O: Operation> {
    /// The sequence, of which the last step is answered otherwise.
    pub steps: Vec<Step<O>>,
    /// How many steps it had when it was found.
    pub found_with: usize,
    /// How many runs were spent on making it shorter.
    pub shrink_runs: usize,
    /// How often it failed when it was run again, of three times.
    pub failed_again: usize,
    /// What was answered, a line a step.
    pub lines: Vec<Line>,
    /// What the implementation does as if it did, in words, where that is known.
    pub nearest: Option<String>,
    /// Why there was nothing to run sequences on, where that is what failed.
    pub no_world: Option<String>,
}

/// A step, as the implementation and the model answered it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The call as Rust, or empty where time passed.
    pub call: String,
    /// What the implementation answered.
    pub observed: String,
    /// What the model answered.
    pub expected: String,
    pub(super) expected_source: Option<String>,
    pub(super) expects_error: bool,
    pub(super) comparison: Option<Comparison>,
    pub(super) passed: Duration,
}

impl Line {
    pub(super) fn passed(by: Duration) -> Self {
        Self {
            call: String::new(),
            observed: String::new(),
            expected: String::new(),
            expected_source: None,
            expects_error: false,
            comparison: None,
            passed: by,
        }
    }

    /// A call that could not be made, since nobody had made what it takes.
    pub(super) fn left_out(call: String) -> Self {
        Self {
            call,
            observed: "left out: nothing was made for it".to_owned(),
            comparison: Some(Comparison::new(true, By::Value)),
            ..Self::passed(Duration::ZERO)
        }
    }

    fn differs(&self) -> bool {
        self.comparison.is_some_and(|comparison| !comparison.same)
    }
}

impl<O: Operation> Failure<O> {
    pub(super) fn new(
        shrunk: Shrunk<O>,
        found_with: usize,
        lines: Vec<Line>,
        failed_again: usize,
    ) -> Self {
        Self {
            steps: shrunk.steps,
            found_with,
            shrink_runs: shrunk.runs,
            failed_again,
            lines,
            nearest: None,
            no_world: None,
        }
    }

    pub(super) fn no_world(why: String) -> Self {
        Self {
            steps: Vec::new(),
            found_with: 0,
            shrink_runs: 0,
            failed_again: 0,
            lines: Vec::new(),
            nearest: None,
            no_world: Some(why),
        }
    }

    /// A case to paste into the suite.
    pub fn case(&self) -> String {
        let taken = self.taken();
        let steps = self.steps.iter().zip(&self.lines).enumerate();
        let lines = steps.map(|(at, (step, line))| match step {
            Step::Call(operation) if taken.contains(&(at + 1)) => making(operation, line, at + 1),
            _ => statement(step, line),
        });
        let head = Head {
            found_by: "lockstep",
            name: "found_by_lockstep",
            handles: &["subject".to_owned()],
            clock: self.steps.iter().any(|step| matches!(step, Step::Pass(_))),
        };
        pasted::case::<O>(&head, &lines.collect::<Vec<_>>())
    }

    /// The steps, counted from 1, that make what others take.
    fn taken(&self) -> Vec<usize> {
        let calls = self.steps.iter().filter_map(|step| match step {
            Step::Call(operation) => Some(operation),
            Step::Pass(_) => None,
        });
        calls.flat_map(origins).collect()
    }
}

/// A step whose answer a later one takes something from.
fn making<O: Operation>(operation: &O, line: &Line, at: usize) -> String {
    let method = operation.about();
    let wait = if method.asynchronous { ".await" } else { "" };
    let unwrap = if method.fallible { ".unwrap()" } else { "" };
    let call = &line.call;
    format!("let made_{at} = subject.{call}{wait}{unwrap}; // what it made up")
}

/// A step as a statement of a case; where the answer differs it says what is expected.
fn statement<O: Operation>(step: &Step<O>, line: &Line) -> String {
    let operation = match step {
        Step::Pass(by) => return format!("clock.advance({}).await;", by.source()),
        Step::Call(operation) => operation,
    };
    let method = operation.about();
    let wait = if method.asynchronous { ".await" } else { "" };
    let call = format!("subject.{}{wait}", line.call);
    if !line.differs() {
        return format!("let _ = {call};");
    }
    if line.expects_error {
        return format!("assert!({call}.is_err()); // {}", line.expected);
    }
    let value = if method.fallible {
        format!("{call}.unwrap()")
    } else {
        call
    };
    match &line.expected_source {
        Some(expected) if expected == "true" => format!("assert!({value});"),
        Some(expected) if expected == "false" => format!("assert!(!{value});"),
        Some(expected) if expected == "()" => format!("{value};"),
        Some(expected) => format!("assert_eq!({value}, {expected});"),
        None => {
            let expected = within_ok(&line.expected);
            format!("assert_eq!(format!(\"{{:?}}\", {value}), {expected:?});")
        }
    }
}

/// What stands in `Ok(…)`.
fn within_ok(text: &str) -> &str {
    let within = text
        .strip_prefix("Ok(")
        .and_then(|rest| rest.strip_suffix(')'));
    within.unwrap_or(text)
}

impl<O: Operation> fmt::Display for Failure<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(why) = &self.no_world {
            return write!(f, "the backend could not be made: {why}");
        }
        writeln!(f, "answers otherwise than the model")?;
        self.table(f)?;
        writeln!(
            f,
            "found in {}, of which {} left {}; run again, it failed {}",
            counted(self.found_with, "step"),
            counted(self.shrink_runs, "run"),
            self.steps.len(),
            Again {
                failed: self.failed_again,
                times: RERUNS,
            }
        )?;
        if let Some(nearest) = &self.nearest {
            writeln!(f, "as if {nearest}")?;
        }
        let by = self
            .lines
            .iter()
            .filter_map(|line| line.comparison)
            .map(|told| told.by)
            .max();
        if by >= Some(By::Text) {
            writeln!(
                f,
                "some answers have no `PartialEq`, and are compared by how `Debug` writes them, or not at all: derive it, or mark the method `#[compare(with = …)]`"
            )?;
        }
        write!(f, "as a case:\n\n{}", self.case())
    }
}

impl<O: Operation> Failure<O> {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let taken = self.taken();
        let calls = self.lines.iter().enumerate();
        let calls: Vec<String> = calls
            .map(|(at, line)| match written(line) {
                call if taken.contains(&(at + 1)) => format!("made_{} = {call}", at + 1),
                call => call,
            })
            .collect();
        let width = calls.iter().map(|call| call.chars().count()).max();
        let width = width.unwrap_or(0).min(60);
        for (line, call) in self.lines.iter().zip(&calls) {
            if line.comparison.is_none() {
                writeln!(f, "    {call}")?;
            } else if line.differs() {
                writeln!(f, "  > {call:width$}  {}", line.observed)?;
                writeln!(
                    f,
                    "    {:width$}  {}  is what the model answers",
                    "", line.expected
                )?;
            } else {
                writeln!(f, "    {call:width$}  {}", line.observed)?;
            }
        }
        Ok(())
    }
}

fn written(line: &Line) -> String {
    if line.comparison.is_none() {
        format!("{:?} pass", line.passed)
    } else {
        line.call.clone()
    }
}
