//! The matrix as one page of HTML that needs nothing else: style and script are in it, and without the script it can
//! still be read.

use std::collections::BTreeSet;
use std::time::Duration;

use askama::Template;

use super::markdown;
use super::reasons::{Reason, reasons};
use crate::error::{Error, Kind};
use crate::matrix::{AS_A_CASE, At, Case, Matrix, State, Suite};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'m, 't> {
    matrix: &'m Matrix<'t>,
    totals: String,
    backends: BTreeSet<&'m str>,
    suites: Vec<SuiteView<'m, 't>>,
    style: &'static str,
    script: &'static str,
}

struct SuiteView<'m, 't> {
    suite: &'m Suite<'t>,
    rows: Vec<Row<'m, 't>>,
    failures: Vec<Failed<'m, 't>>,
    reasons: Vec<Reason<'m>>,
}

struct Row<'m, 't> {
    case: &'m Case<'t>,
    /// What search looks in.
    text: String,
    /// The group that begins with this row.
    new_group: Option<&'m str>,
    cells: Vec<CellView<'m>>,
}

struct CellView<'m> {
    class: &'static str,
    word: &'static str,
    why: &'m str,
    /// The number of the failure that tells more.
    failure: Option<usize>,
}

struct Failed<'m, 't> {
    number: usize,
    at: At<'m, 't>,
    text: String,
    /// In how many of the runs before.
    past: usize,
    /// Without the case to paste, which is shown by itself.
    reason: &'m str,
}

pub(super) fn html(matrix: &Matrix<'_>) -> Result<String, Error> {
    let mut number = 0;
    let suites = matrix
        .suites
        .iter()
        .map(|suite| SuiteView::new(suite, matrix, &mut number));
    let page = Page {
        matrix,
        totals: markdown::totals(matrix.totals),
        backends: matrix.backends(),
        suites: suites.collect(),
        style: include_str!("../../templates/report.css"),
        script: include_str!("../../templates/report.js"),
    };
    page.render()
        .map_err(|error| Error::new(Kind::Tool, error.to_string()))
}

impl<'m, 't> SuiteView<'m, 't> {
    fn new(suite: &'m Suite<'t>, matrix: &'m Matrix<'t>, number: &mut usize) -> Self {
        let (mut rows, mut failures) = (Vec::new(), Vec::new());
        let mut group = None;
        for case in &suite.cases {
            let text = format!("{} {}", case.name, case.promise).to_lowercase();
            let mut cells = Vec::new();
            for at in suite.row(case) {
                let mut cell = CellView::new(&at);
                if at.cell.state == State::Failed {
                    *number += 1;
                    cell.failure = Some(*number);
                    failures.push(Failed {
                        number: *number,
                        at,
                        text: text.clone(),
                        past: past(matrix, &at),
                        reason: reason(&at),
                    });
                }
                cells.push(cell);
            }
            let new_group = case.group().filter(|_| case.group() != group);
            group = case.group();
            rows.push(Row {
                case,
                text,
                new_group,
                cells,
            });
        }
        Self {
            suite,
            rows,
            failures,
            reasons: reasons(suite),
        }
    }
}

impl<'m> CellView<'m> {
    fn new(at: &At<'m, '_>) -> Self {
        let (class, word) = match at.cell.state {
            State::Passed => ("passed", "ok"),
            State::Failed => ("failed", "failed"),
            State::Lacking => ("lacking", "lacks"),
            State::NotRun => ("not_run", "–"),
            State::NotOwed => ("not_owed", ""),
        };
        let why = match at.cell.state {
            State::NotOwed | State::Failed => "",
            _ => at.cell.reason.as_deref().unwrap_or_default(),
        };
        Self {
            class,
            word,
            why,
            failure: None,
        }
    }
}

fn reason<'m>(at: &At<'m, '_>) -> &'m str {
    let reason = at.cell.reason.as_deref().unwrap_or_default();
    let pasted = at
        .cell
        .failure
        .as_ref()
        .is_some_and(|failure| failure.paste.is_some());
    let without = reason.split_once(AS_A_CASE).filter(|_| pasted);
    without.map_or(reason, |(before, _)| before).trim_end()
}

fn past(matrix: &Matrix<'_>, at: &At<'_, '_>) -> usize {
    let name = at.name();
    matrix
        .history
        .iter()
        .filter(|past| past.failed.contains(&name))
        .count()
}

fn seconds(milliseconds: &u64) -> String {
    format!("{:.1} s", *milliseconds as f64 / 1000.0)
}

fn duration(duration: &Duration) -> String {
    format!("{duration:.1?}")
}

/// A moment as `2026-11-27 04:00 UTC`.
fn utc(milliseconds: &u64) -> String {
    let minutes = milliseconds / 60_000;
    let (days, minute) = (minutes / (24 * 60), minutes % (24 * 60));
    let (year, month, day) = date(days);
    format!(
        "{year}-{month:02}-{day:02} {:02}:{:02} UTC",
        minute / 60,
        minute % 60
    )
}

/// The date so many days after 1970-01-01. Years are counted from March, so that a leap day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    const FROM_MARCH_OF_0: u64 = 719_468;
    const DAYS_OF_400_YEARS: u64 = 146_097;
    let days = days + FROM_MARCH_OF_0;
    let (era, day) = (days / DAYS_OF_400_YEARS, days % DAYS_OF_400_YEARS);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day_of_month = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (
        era * 400 + year + u64::from(month <= 2),
        month,
        day_of_month,
    )
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(utc(&0), "1970-01-01 00:00 UTC");
        assert_eq!(utc(&951_782_399_000), "2000-02-28 23:59 UTC");
        assert_eq!(utc(&951_827_696_000), "2000-02-29 12:34 UTC");
        assert_eq!(utc(&1_795_752_185_255), "2026-11-27 04:03 UTC");
    }
}
