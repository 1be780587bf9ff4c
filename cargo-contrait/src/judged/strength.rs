//! A kill matrix on a terminal.

use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment};

use super::{distinct, table};
use crate::counted::{agreeing, counted};
use crate::record::{KillMatrix, Row, Verdict};
use crate::terminal::{BAD, FAINT, GOOD, ODD, STRONG, styled};

/// The noticed of those that can be, by method and kind of fault, and below it what lives.
pub(super) fn text(matrix: &KillMatrix) -> String {
    let mut text = format!(
        "{} of `{}`, on `{}`\n",
        styled(STRONG, &matrix.suite),
        matrix.contract,
        matrix.backend
    );
    let families = distinct(matrix.rows.iter().map(|row| &*row.family));
    let mut table = table();
    let names = families
        .iter()
        .map(|family| Cell::new(family).set_alignment(CellAlignment::Right));
    table.set_header(std::iter::once(Cell::new("")).chain(names));
    for method in distinct(matrix.rows.iter().map(|row| &*row.method)) {
        let shares = families.iter().map(|family| {
            let of = |row: &&Row| row.method == method && row.family == *family;
            Cell::new(share(matrix.rows.iter().filter(of))).set_alignment(CellAlignment::Right)
        });
        table.add_row(std::iter::once(Cell::new(method)).chain(shares));
    }
    let _ = writeln!(text, "{}", table.trim_fmt());
    let holes = matrix.holes();
    let _ = writeln!(
        text,
        "{} of {} saboteurs that can be noticed are, {}, {} equivalent; {} of cases in {:.1?}",
        styled(GOOD, matrix.killed()),
        matrix.killable(),
        styled(
            if holes == 0 { FAINT } else { BAD },
            agreeing(holes, "lives", "live")
        ),
        agreeing(matrix.rows.len() - matrix.killable(), "is", "are"),
        counted(matrix.runs, "run"),
        std::time::Duration::from_micros(matrix.duration_us),
    );
    survivors(matrix, &mut text);
    text.push('\n');
    text
}

/// What lives, and what to add; then what else is wrong. One case may be what several saboteurs want.
fn survivors(matrix: &KillMatrix, text: &mut String) {
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    for row in &matrix.rows {
        let (style, what, why) = match &row.verdict {
            Verdict::Killed | Verdict::Equivalent(_) => continue,
            Verdict::Hole(add) => (BAD, "lives", add),
            Verdict::Allowed(why) => (ODD, "may live", why),
            Verdict::Contradiction(why) => (BAD, "is noticed, although nobody should", why),
        };
        let line = format!("{} {what}: {}", styled(style, &row.saboteur), row.says);
        match told.iter_mut().find(|(known, _)| known == why) {
            Some((_, lines)) => lines.push(line),
            None => told.push((why, vec![line])),
        }
    }
    for (why, lines) in told {
        let _ = writeln!(text, "  {}", lines.join("\n  "));
        for line in why.lines() {
            let _ = writeln!(text, "{}", format!("      {line}").trim_end());
        }
    }
    for mistake in &matrix.mistakes {
        let _ = writeln!(text, "  {} {mistake}", styled(BAD, "wrong"));
    }
    for note in &matrix.notes {
        let _ = writeln!(text, "  {} {note}", styled(FAINT, "not derived"));
    }
}

fn share<'r>(rows: impl Iterator<Item = &'r Row>) -> String {
    let (mut noticed, mut can) = (0, 0);
    for row in rows {
        noticed += usize::from(row.is_killed());
        can += usize::from(row.is_killable());
    }
    if can == 0 {
        "–".to_owned()
    } else {
        format!("{noticed}/{can}")
    }
}
