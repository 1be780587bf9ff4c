//! The matrix as Markdown, for a summary of CI or a comment.

use std::fmt::Write as _;

use super::reasons::reasons;
use super::table::operations;
use crate::matrix::{At, Cell, Matrix, State, Suite, Totals};

pub(crate) fn markdown(matrix: &Matrix<'_>) -> String {
    let mut text = format!("# Conformance\n\n{}\n", totals(matrix.totals));
    for suite in &matrix.suites {
        table(suite, &mut text);
        why(suite, &mut text);
    }
    for at in matrix.cells().filter(|at| at.cell.state == State::Failed) {
        failure(at, &mut text);
    }
    others(matrix, &mut text);
    text
}

pub(super) fn totals(totals: Totals) -> String {
    let Totals {
        passed,
        failed,
        lacking,
        not_run,
    } = totals;
    format!("{passed} passed, {failed} failed, {lacking} lacking, {not_run} not run")
}

fn table(suite: &Suite<'_>, text: &mut String) {
    let _ = write!(
        text,
        "\n## `{}`\n\n{}\n\n| case |",
        suite.path,
        totals(suite.totals)
    );
    for backend in &suite.backends {
        let _ = write!(text, " {} |", escaped(&backend.name));
    }
    let _ = write!(text, "\n| --- |{}\n", " :-: |".repeat(suite.backends.len()));
    for case in &suite.cases {
        let _ = write!(text, "| {} |", escaped(&case.name));
        for cell in &case.cells {
            let _ = write!(text, " {} |", word(cell));
        }
        text.push('\n');
    }
}

fn word(cell: &Cell<'_>) -> &'static str {
    match cell.state {
        State::Passed => "✓",
        State::Failed => "**✗ failed**",
        State::Lacking => "lacking",
        State::NotRun => "not run",
        State::NotOwed => "",
    }
}

/// Why cells are neither passed nor failed.
fn why(suite: &Suite<'_>, text: &mut String) {
    for (index, reason) in reasons(suite).into_iter().enumerate() {
        if index == 0 {
            text.push('\n');
        }
        let (what, why) = (reason.state.words(), escaped(reason.why));
        let _ = writeln!(
            text,
            "- {} {what}: {why}: `{}`",
            escaped(&reason.backends.join(", ")),
            reason.cases.join("`, `")
        );
    }
}

fn failure(at: At<'_, '_>, text: &mut String) {
    let At {
        suite,
        case,
        backend,
        cell,
    } = at;
    let _ = write!(
        text,
        "\n<details><summary><code>{}::{}</code> breaks its promise</summary>\n\n",
        backend.name, case.name
    );
    let _ = write!(
        text,
        "{}\n\n`{}` ({}:{})",
        escaped(&case.promise),
        suite.path,
        case.file,
        case.line
    );
    if let Some(seed) = &cell.seed {
        let _ = write!(text, ", `CONTRAIT_SEED={seed}` repeats it");
    }
    text.push_str(".\n");
    fenced(cell.reason.as_deref().unwrap_or_default(), text);
    if !cell.operations.is_empty() {
        fenced(&operations(cell), text);
    }
    text.push_str("\n</details>\n");
}

fn others(matrix: &Matrix<'_>, text: &mut String) {
    for name in &matrix.others.failed {
        let _ = write!(text, "\n**Failed, and of no suite:** `{name}`\n");
    }
    for died in &matrix.died {
        let _ = write!(text, "\n**Died:** {}\n", escaped(died));
    }
}

/// A block of code, with a fence that does not stand in it.
fn fenced(code: &str, text: &mut String) {
    let mut fence = "```".to_owned();
    while code.contains(&fence) {
        fence.push('`');
    }
    let _ = write!(text, "\n{fence}text\n{code}\n{fence}\n");
}

/// A text that Markdown takes for what it is, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for char in text.chars() {
        match char {
            '\n' => escaped.push(' '),
            '|' | '*' | '_' | '`' | '<' | '[' | ']' | '\\' => escaped.extend(['\\', char]),
            _ => escaped.push(char),
        }
    }
    escaped
}
