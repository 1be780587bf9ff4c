//! How far a run is, by what the tests print into its log. On a terminal a line that is written over, elsewhere one for
//! each test binary.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::nextest;
use super::output::Output;
use crate::counted::counted;
use crate::record::TestState;
use crate::terminal::{BAD, FAINT, is_terminal, note, rewrite, styled};

/// Follows the log of a run.
pub(super) struct Progress {
    log: PathBuf,
    read: u64,
    rest: Vec<u8>,
    running: Running,
    on_terminal: bool,
    /// Whether nothing is said where there is no terminal.
    quiet: bool,
    shown: bool,
}

/// What runs at the moment: a test binary, or all of them where nextest runs them side by side.
#[derive(Default)]
struct Running {
    name: String,
    tests: usize,
    /// What libtest says.
    output: Output,
    /// What nextest says, which may say it twice.
    told: HashMap<String, TestState>,
}

impl Progress {
    pub(super) fn new(log: &Path, quiet: bool) -> Self {
        Self {
            log: log.to_owned(),
            read: 0,
            rest: Vec::new(),
            running: Running::default(),
            on_terminal: is_terminal(),
            quiet,
            shown: false,
        }
    }

    /// Looks what has come, and says so.
    pub(super) fn look(&mut self) {
        if !self.take_new() || !self.on_terminal || self.running.tests == 0 {
            return;
        }
        rewrite(&self.running.line());
        self.shown = true;
    }

    pub(super) fn clear(&mut self) {
        if self.shown {
            rewrite("");
            self.shown = false;
        }
    }

    /// Whether anything came.
    fn take_new(&mut self) -> bool {
        let Ok(mut file) = std::fs::File::open(&self.log) else {
            return false;
        };
        let sought = file.seek(SeekFrom::Start(self.read));
        let Ok(length) = sought.and_then(|_| file.read_to_end(&mut self.rest)) else {
            return false;
        };
        self.read += length as u64;
        let whole = self
            .rest
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let lines: Vec<u8> = self.rest.drain(..whole).collect();
        for line in String::from_utf8_lossy(&lines).lines() {
            match Running::begun(line) {
                Some(running) => self.begins(running),
                None => self.running.take(line),
            }
        }
        whole > 0
    }

    fn begins(&mut self, running: Running) {
        if !self.on_terminal && !self.quiet && running.tests > 0 {
            let Running { name, tests, .. } = &running;
            note(format_args!(
                "     Running {name} ({})",
                counted(*tests, "test")
            ));
        }
        self.running = running;
    }
}

/// What the runner writes before what a test binary prints.
pub(super) fn beginning(package: &str, binary: &str, tests: usize) -> String {
    format!(
        "     Running {package}/{binary} ({})\n",
        counted(tests, "test")
    )
}

impl Running {
    /// `     Running package/binary (8 tests)`, or what nextest says: `    Starting 14 tests across 2 binaries`.
    fn begun(line: &str) -> Option<Self> {
        let plain = anstream::adapter::strip_str(line).to_string();
        let (name, tests) = match plain.trim_start().split_once(' ')? {
            ("Running", rest) => rest.rsplit_once(" (")?,
            ("Starting", rest) => ("nextest", rest),
            _ => return None,
        };
        let (tests, what) = tests.split_once(' ')?;
        what.starts_with("test").then_some(Self {
            name: name.to_owned(),
            tests: tests.parse().ok()?,
            ..Self::default()
        })
    }

    fn take(&mut self, line: &str) {
        match nextest::status(line) {
            Some((test, state)) => drop(self.told.insert(test, state)),
            None => self.output.line(line),
        }
    }

    /// How many ran, and failed.
    fn counts(&self) -> (usize, usize) {
        let libtest = self.output.tests.iter().map(|test| &test.state);
        let states = || libtest.clone().chain(self.told.values());
        let failed = states().filter(|state| **state == TestState::Failed);
        (states().count(), failed.count())
    }

    fn line(&self) -> String {
        let (ran, failed) = self.counts();
        let share = styled(FAINT, format_args!("{ran}/{}", self.tests));
        let failed = match failed {
            0 => String::new(),
            failed => styled(BAD, format_args!("  {failed} failed")),
        };
        format!("  {} {share}{failed}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Running, beginning};

    #[test]
    fn libtest_and_nextest_are_counted() {
        let libtest = beginning("tiny", "contract", 3)
            + "running 3 tests\ntest a ... ok\ntest b ... FAILED\ntest c ... ignored, why\n";
        let one = beginning("tiny", "lib", 1) + "running 1 test\ntest a - should panic ... ok\n";
        let nextest = "    Starting 2 tests across 1 binary (1 test skipped)
        PASS [   0.005s] (1/2) tiny::contract a
        FAIL [   0.005s] (2/2) tiny::contract b
     Summary [   0.005s] 2 tests run: 1 passed, 1 failed
        FAIL [   0.005s] (2/2) tiny::contract b";
        for (text, name, counts) in [
            (libtest.as_str(), "tiny/contract", (3, 3, 1)),
            (one.as_str(), "tiny/lib", (1, 1, 0)),
            (nextest, "nextest", (2, 2, 1)),
        ] {
            let mut lines = text.lines();
            let mut running = Running::begun(lines.next().expect("a line")).expect("it begins");
            lines.for_each(|line| running.take(line));
            let (ran, failed) = running.counts();
            assert_eq!((running.tests, ran, failed), counts);
            assert_eq!(running.name, name);
        }
    }

    #[test]
    fn what_cargo_says_of_a_binary_is_no_beginning() {
        let line = "     Running tests/contract.rs (target/debug/deps/contract-0123456789abcdef)";
        assert!(Running::begun(line).is_none());
    }
}
