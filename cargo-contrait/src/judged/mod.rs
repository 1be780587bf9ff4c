//! What judges the suites themselves: which saboteurs they notice, and which answers they see.

mod coverage;
mod strength;

use comfy_table::{ContentArrangement, Table, presets};

use crate::cli::JudgeArgs;
use crate::error::{Error, Kind, Outcome};
use crate::record::{Coverage, Ending, KillMatrix, Records, Texts};
use crate::run::{Plan, run_or_read};
use crate::show::json::pretty;
use crate::terminal::{BAD, print, styled, width};

/// The kill matrices.
pub(crate) fn strength(args: &JudgeArgs) -> Result<Outcome, Error> {
    let remedy = "A reference backend, `#[backend(suite, clock = virtual, reference)]`, measures it in a test of its own: \
                  docs/checks.md of contrait says how.";
    judge(
        args,
        "strength::",
        "no suite says how strong it is",
        remedy,
        |records| Judged {
            fine: records.strength.iter().all(KillMatrix::is_strong),
            text: records.strength.iter().map(strength::text).collect(),
            json: pretty(&records.strength),
            none: records.strength.is_empty(),
        },
    )
}

/// The answers that are seen.
pub(crate) fn coverage(args: &JudgeArgs) -> Result<Outcome, Error> {
    let remedy = "A reference backend with `coverage`, `#[backend(suite, clock = virtual, reference, coverage)]`, looks on in a \
                  test of its own: docs/checks.md of contrait says how.";
    judge(
        args,
        "coverage::",
        "no suite says what it sees",
        remedy,
        |records| Judged {
            fine: records.coverage.iter().all(Coverage::is_complete),
            text: records.coverage.iter().map(coverage::text).collect(),
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
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(width()).unwrap_or(u16::MAX));
    table
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
