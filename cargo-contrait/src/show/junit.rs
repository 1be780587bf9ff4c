//! The matrix as JUnit's XML: a suite on a backend is a test suite, so that what reads it shows backends side by side.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::table::operations;
use crate::error::{Error, Kind};
use crate::matrix::{At, Matrix, State};

pub(crate) fn junit(matrix: &Matrix<'_>) -> Result<String, Error> {
    let mut report = Report::new("contrait");
    for suite in &matrix.suites {
        for (index, backend) in suite.backends.iter().enumerate() {
            let mut tests = TestSuite::new(format!("{} on {}", suite.path, backend.name));
            tests.add_property(("package", &*backend.package));
            if let Some(server) = &backend.server {
                tests.add_property(("server", &**server));
            }
            for case in &suite.cases {
                let cell = &case.cells[index];
                tests.add_test_cases(case_of(At {
                    suite,
                    case,
                    backend,
                    cell,
                }));
            }
            report.add_test_suite(tests);
        }
    }
    others(matrix, &mut report);
    let text = report.to_string();
    text.map_err(|error| Error::new(Kind::Tool, error.to_string()))
}

fn case_of(at: At<'_, '_>) -> Option<TestCase> {
    let At {
        suite,
        case,
        backend,
        cell,
    } = at;
    let reason = cell.reason.as_deref().unwrap_or_default();
    let status = match cell.state {
        State::NotOwed => return None,
        State::Passed => TestCaseStatus::success(),
        State::Failed => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(reason.lines().next().unwrap_or_default());
            let seed = cell.seed.as_deref().unwrap_or_default();
            status.set_description(format!(
                "{}\n\n{} ({}:{})\nCONTRAIT_SEED={seed} repeats it\n\n{reason}\n\n{}",
                case.promise,
                suite.path,
                case.file,
                case.line,
                operations(cell)
            ));
            status
        }
        State::Lacking | State::NotRun => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(format!("{}: {reason}", cell.state.words()));
            status
        }
    };
    let mut test = TestCase::new(&*case.name, status);
    test.set_classname(format!("{}::{}", suite.path, backend.name));
    test.set_time(Duration::from_micros(cell.duration_us));
    Some(test)
}

fn others(matrix: &Matrix<'_>, report: &mut Report) {
    let failed = matrix
        .others
        .failed
        .iter()
        .map(|name| (name, "it is of no suite, and failed"));
    let died = matrix
        .died
        .iter()
        .map(|name| (name, "the test binary died"));
    let mut tests = TestSuite::new("tests of no suite");
    for (name, what) in failed.chain(died) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(what);
        tests.add_test_case(TestCase::new(name.as_str(), status));
    }
    if !tests.test_cases.is_empty() {
        report.add_test_suite(tests);
    }
}
