//! What judges the suites themselves: which saboteurs they notice, and which answers they see.

use std::borrow::Cow;
use std::fmt::Write as _;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use crate::cli::JudgeArgs;
use crate::error::{Error, Kind, Outcome};
use crate::record::{Answers, Coverage, Ending, KillMatrix, Records, Row, Texts, Verdict};
use crate::run::{Plan, run_or_read};
use crate::show::json::pretty;
use crate::terminal::{BAD, FAINT, GOOD, ODD, STRONG, print, styled, width};

/// What is left for the names of methods in a table.
const LONGEST_METHOD: usize = 24;

/// The kill matrices.
pub(crate) fn strength(args: &JudgeArgs) -> Result<Outcome, Error> {
    let remedy = "A reference backend, `#[backend(suite, clock = virtual, reference)]`, measures it in a test of its own: \
                  docs/checks.md says how.";
    judge(
        args,
        "strength::",
        "no suite says how strong it is",
        remedy,
        |records| Judged {
            fine: records.strength.iter().all(KillMatrix::is_strong),
            text: records.strength.iter().map(strength_of).collect(),
            json: pretty(&records.strength),
            none: records.strength.is_empty(),
        },
    )
}

/// The answers that are seen.
pub(crate) fn coverage(args: &JudgeArgs) -> Result<Outcome, Error> {
    let remedy = "A reference backend with `coverage`, `#[backend(suite, clock = virtual, reference, coverage)]`, looks on in a \
                  test of its own: docs/checks.md says how.";
    judge(
        args,
        "coverage::",
        "no suite says what it sees",
        remedy,
        |records| Judged {
            fine: records.coverage.iter().all(Coverage::is_complete),
            text: records.coverage.iter().map(coverage_of).collect(),
            json: pretty(&records.coverage),
            none: records.coverage.is_empty(),
        },
    )
}

/// What is to be shown.
struct Judged {
    fine: bool,
    text: String,
    json: Result<String, Error>,
    none: bool,
}

/// Runs the judging cases, unless records are given, and shows what they wrote.
fn judge(
    args: &JudgeArgs,
    cases: &str,
    nothing: &str,
    remedy: &str,
    judged: impl FnOnce(&Records<'_>) -> Judged,
) -> Result<Outcome, Error> {
    let mut plan = Plan::new(&args.run);
    plan.cases = vec![cases.to_owned()];
    let ran = run_or_read(&args.run, plan)?;
    let texts = Texts::read(&ran.records)?;
    let mut records = texts.records();
    chosen(&mut records, &args.run);
    let judged = judged(&records);
    if ran.end.is_some_and(|end| end.interrupted) {
        return Err(Error::new(
            Kind::Interrupted,
            "interrupted before everything was judged",
        ));
    }
    if judged.none {
        let mut failed = records.cases.iter().filter(|(record, _)| {
            record.outcome == Ending::Failed && record.case.starts_with(cases)
        });
        if let Some((record, _)) = failed.next() {
            let reason = record.reason.as_deref().unwrap_or_default();
            print(format_args!(
                "{}::{} {}\n{reason}\n",
                record.backend,
                record.case,
                styled(BAD, "cannot judge")
            ));
            return Ok(Outcome::Broken);
        }
        return Err(Error::new(Kind::Nothing, nothing).remedy(remedy));
    }
    print(if args.json { judged.json? } else { judged.text });
    Ok(if judged.fine {
        Outcome::Fine
    } else {
        Outcome::Broken
    })
}

fn chosen(records: &mut Records<'_>, args: &crate::cli::RunArgs) {
    let is_chosen = |suite: &str, backend: &String| {
        let suites = &args.suites;
        let suite = suites.is_empty() || suites.iter().any(|text| suite.contains(text.as_str()));
        suite && (args.backends.is_empty() || args.backends.contains(backend))
    };
    records
        .strength
        .retain(|matrix| is_chosen(&matrix.suite, &matrix.backend));
    records
        .coverage
        .retain(|coverage| is_chosen(&coverage.suite, &coverage.backend));
}

fn table() -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING.into())
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width()).unwrap_or(u16::MAX));
    table
}

/// The noticed of those that can be, by method and kind of fault, and below it what lives.
fn strength_of(matrix: &KillMatrix) -> String {
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
        "{} of {} saboteurs that can be noticed are, {}, {} are equivalent; {} runs of cases in {:.1?}",
        styled(GOOD, matrix.killed()),
        matrix.killable(),
        styled(
            if holes == 0 { FAINT } else { BAD },
            format_args!("{holes} live")
        ),
        matrix.rows.len() - matrix.killable(),
        matrix.runs,
        std::time::Duration::from_micros(matrix.duration_us),
    );
    survivors(matrix, &mut text);
    text.push('\n');
    text
}

/// What lives, and what to add; then what else is wrong.
fn survivors(matrix: &KillMatrix, text: &mut String) {
    for row in &matrix.rows {
        let (style, what, why) = match &row.verdict {
            Verdict::Killed | Verdict::Equivalent(_) => continue,
            Verdict::Hole(add) => (BAD, "lives", add),
            Verdict::Allowed(why) => (ODD, "may live", why),
            Verdict::Contradiction(why) => (BAD, "is noticed, although nobody should", why),
        };
        let _ = writeln!(
            text,
            "  {} {what}: {}",
            styled(style, &row.saboteur),
            row.says
        );
        let _ = writeln!(text, "      {}", why.replace('\n', "\n      "));
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

fn distinct<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<&'t str> {
    let mut distinct = Vec::new();
    for text in texts {
        if !distinct.contains(&text) {
            distinct.push(text);
        }
    }
    distinct
}

/// Methods × outcomes.
fn coverage_of(coverage: &Coverage) -> String {
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
            format_args!("{gaps} answers are never seen")
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
