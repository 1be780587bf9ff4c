//! What libtest prints, a line at a time.

use crate::record::{Test, TestState};

/// What was read of a test binary's output.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Output {
    /// The tests in the order in which they ended.
    pub(super) tests: Vec<Test>,
    /// How many tests it set out to run.
    pub(super) running: Option<usize>,
    /// How many were filtered out.
    pub(super) filtered: usize,
    /// A test whose line is not whole yet, since it runs alone and may print in between.
    open: Option<String>,
}

impl Output {
    pub(super) fn line(&mut self, line: &str) {
        if let Some(count) = running(line) {
            self.running = Some(count);
        } else if let Some((name, rest)) = test(line) {
            match state(rest) {
                Some(state) => self.tests.push(Test {
                    name: name.to_owned(),
                    state,
                }),
                None => self.open = Some(name.to_owned()),
            }
        } else if line.starts_with("test result: ") {
            self.filtered += filtered(line).unwrap_or(0);
        } else if let Some(state) = self.open.is_some().then(|| state(line)).flatten() {
            let name = self.open.take().unwrap_or_default();
            self.tests.push(Test { name, state });
        }
    }
}

fn running(line: &str) -> Option<usize> {
    let (count, what) = line.strip_prefix("running ")?.split_once(' ')?;
    // With a seed of an order there is more behind it.
    what.split(' ')
        .next()
        .is_some_and(|what| ["test", "tests"].contains(&what))
        .then(|| count.parse().ok())
        .flatten()
}

/// The name of a test, and what stands behind it.
fn test(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.strip_prefix("test ")?.split_once(" ... ")?;
    Some((name.trim_end_matches(" - should panic"), rest))
}

fn state(text: &str) -> Option<TestState> {
    // With `--report-time` there is more behind it.
    let word = text.split([' ', ',']).next()?;
    match word {
        "ok" => Some(TestState::Passed),
        "FAILED" => Some(TestState::Failed),
        "ignored" => {
            let reason = text.strip_prefix("ignored, ").map(str::to_owned);
            Some(TestState::Ignored(reason))
        }
        _ => None,
    }
}

fn filtered(line: &str) -> Option<usize> {
    let (before, _) = line.split_once(" filtered out")?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Output;
    use crate::record::{Test, TestState};

    #[test]
    fn how_many_tests_run() {
        for (line, tests) in [
            ("running 1 test", Some(1)),
            ("running 0 tests", Some(0)),
            ("running 8 tests (shuffle seed: 7)", Some(8)),
            ("running 8 testimonies", None),
        ] {
            assert_eq!(super::running(line), tests, "{line}");
        }
    }

    #[test]
    fn everything_that_libtest_says_of_a_test() {
        let text = "\nrunning 6 tests\ntest a::b ... ok\ntest c ... FAILED\ntest d ... ignored\ntest e ... ignored, keeps ... seconds\ntest f - should panic ... ok\ntest g ... it prints\nok\ntest result: FAILED. 3 passed; 1 failed; 2 ignored; 0 measured; 7 filtered out; finished in 0.01s";
        let mut output = Output::default();
        text.lines().for_each(|line| output.line(line));
        let test = |name: &str, state| Test {
            name: name.to_owned(),
            state,
        };
        let tests = [
            test("a::b", TestState::Passed),
            test("c", TestState::Failed),
            test("d", TestState::Ignored(None)),
            test(
                "e",
                TestState::Ignored(Some("keeps ... seconds".to_owned())),
            ),
            test("f", TestState::Passed),
            test("g", TestState::Passed),
        ];
        assert_eq!(output.tests, tests);
        assert_eq!((output.running, output.filtered), (Some(6), 7));
    }
}
