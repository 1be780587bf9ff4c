//! The findings, for people and for tools.

use std::fmt::Write;

use serde::Serialize;

use super::finding::Finding;
use super::rules::Subject;
use crate::counted::counted;
use crate::error::{Error, Kind};
use crate::terminal::{self, BAD, FAINT, GOOD, STRONG, styled};

/// The version of the JSON: it changes where a field goes or means something else.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    /// So many cases and tests were looked at.
    checked: usize,
    findings: &'a [Finding],
}

pub(crate) fn print(
    findings: &[Finding],
    subjects: &[Subject<'_, '_>],
    json: bool,
) -> Result<(), Error> {
    if json {
        let report = Report {
            version: VERSION,
            checked: subjects.len(),
            findings,
        };
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
        terminal::print(text + "\n");
    } else {
        terminal::print(text(findings, subjects));
    }
    Ok(())
}

fn text(findings: &[Finding], subjects: &[Subject<'_, '_>]) -> String {
    let mut text = String::new();
    for finding in findings {
        let Finding {
            place,
            rule,
            case,
            message,
            remedy,
        } = finding;
        let rule = styled(BAD, rule.name());
        let _ = writeln!(text, "{}: {rule}: {message}", styled(STRONG, place));
        let _ = writeln!(text, "    {} {case}", styled(FAINT, "in"));
        let _ = writeln!(text, "    {} {remedy}", styled(FAINT, "do"));
    }
    let cases = subjects.iter().filter(|subject| subject.is_case).count();
    let tests = match subjects.len() - cases {
        0 => String::new(),
        tests => format!(" and {}", counted(tests, "test")),
    };
    let looked = format!("{}{tests} looked at", counted(cases, "case"));
    let found = match findings.len() {
        0 => styled(GOOD, "nothing found"),
        found => styled(BAD, counted(found, "finding")),
    };
    let _ = writeln!(text, "{looked}: {found}");
    text
}
