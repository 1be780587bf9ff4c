//! The matrix on a terminal: a row a case, a column a backend, and below each suite why cells are not `ok`.

use std::collections::HashMap;
use std::fmt::Write as _;

use anstyle::Style;

use crate::matrix::{Case, Cell, Matrix, State, Suite, Totals};
use crate::terminal::{BAD, FAINT, GOOD, ODD, STRONG, styled};

/// Between columns.
const GAP: usize = 2;

/// The whole matrix, for a terminal so wide.
pub(crate) fn matrix(matrix: &Matrix<'_>, width: usize) -> String {
    let mut text = String::new();
    for suite in &matrix.suites {
        Table::new(suite).write(&mut text, width);
        text.push('\n');
    }
    failures(matrix, &mut text);
    summary(matrix, &mut text);
    text
}

/// The last lines: sums, and what is wrong beside the suites.
pub(crate) fn summary(matrix: &Matrix<'_>, text: &mut String) {
    let _ = writeln!(text, "{}", totals(matrix.totals));
    let others = &matrix.others;
    let ran = others.passed + others.failed.len();
    if ran + others.ignored + others.not_run > 0 {
        let _ = writeln!(
            text,
            "{}",
            styled(
                FAINT,
                format_args!(
                    "tests of no suite: {} passed, {} failed, {} ignored, {} not run",
                    others.passed,
                    others.failed.len(),
                    others.ignored,
                    others.not_run
                )
            )
        );
    }
    for name in &others.failed {
        let _ = writeln!(text, "  {} {name}", styled(BAD, "FAILED"));
    }
    for died in &matrix.died {
        let _ = writeln!(text, "  {} {died}", styled(BAD, "DIED"));
    }
}

/// `530 passed, 1 failed, 2 lacking, 0 not run`, in the colours of what is there.
pub(crate) fn totals(totals: Totals) -> String {
    let count = |style: Style, count: usize, what: &str| {
        let style = if count == 0 { FAINT } else { style };
        styled(style, format_args!("{count} {what}"))
    };
    [
        count(GOOD, totals.passed, "passed"),
        count(BAD, totals.failed, "failed"),
        count(ODD, totals.lacking, "lacking"),
        count(ODD, totals.not_run, "not run"),
    ]
    .join(", ")
}

/// What each failed case has to say.
fn failures(matrix: &Matrix<'_>, text: &mut String) {
    for suite in &matrix.suites {
        for case in &suite.cases {
            for (backend, cell) in suite.backends.iter().zip(&case.cells) {
                if cell.state == State::Failed {
                    failure(suite, case, &backend.name, cell, text);
                }
            }
        }
    }
}

fn failure(suite: &Suite<'_>, case: &Case<'_>, backend: &str, cell: &Cell<'_>, text: &mut String) {
    let title = format!("{backend}::{}", case.name);
    let _ = writeln!(text, "{} breaks its promise", styled(BAD, title));
    let mut line = |name: &str, what: &str| {
        let what = what.replace('\n', "\n              ");
        for line in format!("  {name:<10}  {what}").lines() {
            let _ = writeln!(text, "{}", line.trim_end());
        }
    };
    line("promise", &case.promise);
    line(
        "case",
        &format!("{} ({}:{})", suite.path, case.file, case.line),
    );
    if cell.runs > 1 {
        line(
            "runs",
            &format!("{} of {} failed", cell.failed_runs, cell.runs),
        );
    }
    if let Some(seed) = &cell.seed {
        line("seed", &format!("CONTRAIT_SEED={seed} repeats it"));
    }
    line(
        "reason",
        cell.reason.as_deref().unwrap_or_default().trim_end(),
    );
    if !cell.operations.is_empty() {
        line("operations", &format!("\n{}", operations(cell)));
    }
    text.push('\n');
}

/// The operations, a line each.
pub(crate) fn operations(cell: &Cell<'_>) -> String {
    let dropped = match cell.operations_dropped {
        0 => None,
        dropped => Some(format!("… {dropped} older ones were not kept")),
    };
    let told = cell.operations.iter().map(|operation| {
        let outcome = operation.outcome.as_deref().unwrap_or("did not return");
        let at = format!("{:.1?}", operation.at);
        format!(
            "{at:>9}  {}.{} -> {outcome}  [{:.1?}]",
            operation.handle, operation.call, operation.took
        )
    });
    dropped
        .into_iter()
        .chain(told)
        .collect::<Vec<_>>()
        .join("\n")
}

/// A suite while it is written.
struct Table<'m, 't> {
    suite: &'m Suite<'t>,
    names: Vec<String>,
    notes: Notes<'m>,
}

/// Why cells are not `ok`: each reason once, with a letter that stands in the cells.
#[derive(Default)]
struct Notes<'m> {
    letters: HashMap<(State, &'m str), usize>,
    notes: Vec<(State, &'m str)>,
}

impl<'m, 't> Table<'m, 't> {
    fn new(suite: &'m Suite<'t>) -> Self {
        let mut notes = Notes::default();
        for cell in suite.cases.iter().flat_map(|case| &case.cells) {
            notes.take(cell);
        }
        Self {
            suite,
            names: names(suite),
            notes,
        }
    }

    fn write(&self, text: &mut String, width: usize) {
        let _ = writeln!(text, "{}", styled(STRONG, &self.suite.path));
        let first = self.suite.cases.iter().map(label_width).max().unwrap_or(0);
        for columns in self.blocks(width.saturating_sub(first)) {
            self.block(text, first, &columns);
        }
        for (index, (state, why)) in self.notes.notes.iter().enumerate() {
            let what = if *state == State::Lacking {
                "lacking"
            } else {
                "not run"
            };
            let why = why.replace('\n', "\n       ");
            let _ = writeln!(
                text,
                "  {}  {}",
                styled(ODD, letter(index)),
                styled(FAINT, format_args!("{what}: {why}"))
            );
        }
    }

    /// The columns that fit beside each other, again and again, until all have been there.
    fn blocks(&self, room: usize) -> Vec<Vec<usize>> {
        let mut blocks = vec![Vec::new()];
        let mut used = 0;
        for column in 0..self.names.len() {
            let needs = GAP + self.column_width(column);
            if used + needs > room && used > 0 {
                blocks.push(Vec::new());
                used = 0;
            }
            used += needs;
            if let Some(block) = blocks.last_mut() {
                block.push(column);
            }
        }
        blocks
    }

    fn column_width(&self, column: usize) -> usize {
        self.names[column].chars().count().max("lacks a".len())
    }

    fn block(&self, text: &mut String, first: usize, columns: &[usize]) {
        let _ = write!(text, "{:first$}", "");
        for &column in columns {
            let _ = write!(
                text,
                "  {:>width$}",
                self.names[column],
                width = self.column_width(column)
            );
        }
        text.push('\n');
        let mut group = None;
        for case in &self.suite.cases {
            if case.group() != group {
                group = case.group();
                if let Some(group) = group {
                    let _ = writeln!(text, "  {}", styled(FAINT, group));
                }
            }
            let indent = indent(case);
            let _ = write!(
                text,
                "{:indent$}{:<width$}",
                "",
                case.own_name(),
                width = first - indent
            );
            for &column in columns {
                self.cell(text, &case.cells[column], self.column_width(column));
            }
            text.push('\n');
        }
        let _ = write!(text, "  {:<width$}", "kept", width = first - 2);
        for &column in columns {
            let totals = &self.suite.backends[column].totals;
            let share = format!("{}/{}", totals.passed, totals.all());
            let _ = write!(
                text,
                "  {:>width$}",
                share,
                width = self.column_width(column)
            );
        }
        text.push('\n');
    }

    fn cell(&self, text: &mut String, cell: &Cell<'_>, width: usize) {
        let note = self.notes.of(cell).map(letter).unwrap_or_default();
        let (style, word) = match cell.state {
            State::Passed => (GOOD, "ok".to_owned()),
            State::Failed => (BAD, "FAILED".to_owned()),
            State::Lacking => (ODD, format!("lacks {note}")),
            State::NotRun => (ODD, format!("– {note}")),
            State::NotOwed => (FAINT, "·".to_owned()),
        };
        let gap = GAP + width.saturating_sub(word.chars().count());
        let _ = write!(text, "{:gap$}{style}{word}{style:#}", "");
    }
}

impl<'m> Notes<'m> {
    fn take(&mut self, cell: &'m Cell<'_>) {
        if !matches!(cell.state, State::Lacking | State::NotRun) {
            return;
        }
        let note = (cell.state, cell.reason.as_deref().unwrap_or_default());
        self.letters.entry(note).or_insert_with(|| {
            self.notes.push(note);
            self.notes.len() - 1
        });
    }

    fn of(&self, cell: &Cell<'_>) -> Option<usize> {
        let note = (cell.state, cell.reason.as_deref().unwrap_or_default());
        self.letters.get(&note).copied()
    }
}

/// The backends' names, with the packages where one name stands twice.
fn names(suite: &Suite<'_>) -> Vec<String> {
    let twice = |name: &str| {
        suite
            .backends
            .iter()
            .filter(|backend| backend.name == name)
            .count()
            > 1
    };
    let name = |backend: &crate::matrix::Backend<'_>| match twice(&backend.name) {
        true => format!("{}/{}", backend.package, backend.name),
        false => backend.name.clone().into_owned(),
    };
    suite.backends.iter().map(name).collect()
}

fn indent(case: &Case<'_>) -> usize {
    if case.group().is_some() { 4 } else { 2 }
}

fn label_width(case: &Case<'_>) -> usize {
    let group = case.group().map_or(0, |group| 2 + group.chars().count());
    (indent(case) + case.own_name().chars().count()).max(group)
}

/// `a` to `z`, then `a1`, `b1`, …
fn letter(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index % 26).unwrap_or(0));
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}
