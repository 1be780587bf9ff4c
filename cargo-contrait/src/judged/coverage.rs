//! The answers that a suite sees, on a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, Table};

use super::{distinct, table};
use crate::counted::agreeing;
use crate::record::{Answers, Coverage};
use crate::terminal::{BAD, FAINT, GOOD, ODD, STRONG, styled, width};

/// What is left for the names of methods in a table.
const LONGEST_METHOD: usize = 24;

/// Methods × outcomes.
pub(super) fn text(coverage: &Coverage) -> String {
    let mut text = format!(
        "{} of `{}`, on `{}`\n",
        styled(STRONG, &coverage.suite),
        coverage.contract,
        coverage.backend
    );
    let shapes = distinct(
        coverage
            .methods
            .iter()
            .flat_map(|method| &method.answers)
            .map(|answers| &*answers.shape),
    );
    let all: usize = shapes.iter().map(|shape| shape.len() + 2).sum();
    let seen = match all + LONGEST_METHOD < width() {
        true => methods_by_outcome(coverage, &shapes),
        false => outcomes_of_methods(coverage),
    };
    let _ = writeln!(text, "{}", seen.trim_fmt());
    let gaps = coverage.gaps();
    let _ = writeln!(
        text,
        "{}",
        styled(
            if gaps == 0 { GOOD } else { BAD },
            format_args!("{} never seen", agreeing(gaps, "answer is", "answers are"))
        )
    );
    for method in &coverage.methods {
        for answers in &method.answers {
            gap(&method.method, answers, &mut text);
        }
    }
    for undriven in &coverage.undriven {
        let _ = writeln!(
            text,
            "  {} {undriven}: no check can call it",
            styled(FAINT, "not looked at")
        );
    }
    for mistake in &coverage.mistakes {
        let _ = writeln!(text, "  {} {mistake}", styled(BAD, "wrong"));
    }
    text.push('\n');
    text
}

/// A column an outcome.
fn methods_by_outcome(coverage: &Coverage, shapes: &[&str]) -> Table {
    let mut table = table();
    let names = shapes
        .iter()
        .map(|shape| Cell::new(shape_name(shape)).set_alignment(CellAlignment::Right));
    table.set_header(std::iter::once(Cell::new("")).chain(names));
    for method in &coverage.methods {
        let seen = shapes.iter().map(|shape| {
            let answers = method
                .answers
                .iter()
                .find(|answers| answers.shape == *shape);
            Cell::new(answers.map(times).unwrap_or_default()).set_alignment(CellAlignment::Right)
        });
        table.add_row(std::iter::once(Cell::new(&method.method)).chain(seen));
    }
    table
}

/// Where so many outcomes do not fit beside each other, each method has a list of its own.
fn outcomes_of_methods(coverage: &Coverage) -> Table {
    let mut table = table();
    for method in &coverage.methods {
        let answers = method
            .answers
            .iter()
            .map(|answers| format!("{} {}", shape_name(&answers.shape), times(answers)));
        let answers: Vec<String> = answers.collect();
        table.add_row([method.method.clone(), answers.join(",  ")]);
    }
    table
}

fn gap(method: &str, answers: &Answers, text: &mut String) {
    let shape = shape_name(&answers.shape);
    match &answers.allowed {
        Some(why) if answers.times == 0 => {
            let _ = writeln!(
                text,
                "  {} {method} {shape}: {why}",
                styled(ODD, "may be missing")
            );
        }
        None if answers.times == 0 => {
            let add = format!(
                "add a case in which `{method}` answers `{shape}`, or allow it: `gaps(\"{method} {}\" = \"why\")`",
                answers.shape
            );
            let _ = writeln!(
                text,
                "  {} {method} {shape}\n      {add}",
                styled(BAD, "missing")
            );
        }
        _ => {}
    }
}

/// A method's only answer, or any at all.
fn shape_name(shape: &str) -> Cow<'_, str> {
    if shape == "_" {
        "any".into()
    } else {
        shape.into()
    }
}

fn times(answers: &Answers) -> String {
    match (answers.times, &answers.allowed) {
        (0, Some(_)) => "allowed".to_owned(),
        (0, None) => "NEVER".to_owned(),
        (times, _) => times.to_string(),
    }
}
