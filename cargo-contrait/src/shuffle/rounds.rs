//! What became of each test in each order.

use std::collections::BTreeSet;
use std::fmt;

use crate::record::{Ended, TestState};

/// A test, and the binary that it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) package: String,
    pub(super) binary: String,
    pub(super) test: String,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}/{})", self.test, self.package, self.binary)
    }
}

/// One order: the tests that ran, first to last, by binary.
#[derive(Debug, Default)]
pub(super) struct Round(Vec<Ended>);

/// What was seen of a test in one order.
pub(super) struct Seen {
    pub(super) passed: bool,
    /// The tests that ran before it in its process.
    pub(super) before: BTreeSet<String>,
}

impl Round {
    pub(super) fn new(binaries: Vec<Ended>) -> Self {
        Self(binaries)
    }

    /// How many tests ran, and failed.
    pub(super) fn counts(&self) -> (usize, usize) {
        let tests = || self.0.iter().flat_map(|binary| &binary.tests);
        let failed = tests()
            .filter(|test| test.state == TestState::Failed)
            .count();
        let passed = tests()
            .filter(|test| test.state == TestState::Passed)
            .count();
        (passed + failed, failed)
    }

    pub(super) fn seen(&self, name: &Name) -> Option<Seen> {
        let mut binaries = self.0.iter();
        let binary = binaries
            .find(|binary| (&binary.package, &binary.name) == (&name.package, &name.binary))?;
        let ran = || binary.tests.iter().filter(|test| has_run(&test.state));
        let at = ran().position(|test| test.name == name.test)?;
        let before = ran().take(at).map(|test| test.name.clone()).collect();
        let passed = ran().nth(at)?.state == TestState::Passed;
        Some(Seen { passed, before })
    }

    fn names(&self) -> impl Iterator<Item = Name> {
        self.0.iter().flat_map(|binary| {
            let ran = binary.tests.iter().filter(|test| has_run(&test.state));
            ran.map(|test| Name {
                package: binary.package.clone(),
                binary: binary.name.clone(),
                test: test.name.clone(),
            })
        })
    }
}

fn has_run(state: &TestState) -> bool {
    matches!(state, TestState::Passed | TestState::Failed)
}

/// Several orders.
#[derive(Debug, Default)]
pub(super) struct Rounds(Vec<Round>);

impl Rounds {
    pub(super) fn push(&mut self, round: Round) {
        self.0.push(round);
    }

    pub(super) fn tests(&self) -> BTreeSet<Name> {
        self.0.iter().flat_map(Round::names).collect()
    }

    pub(super) fn seen(&self, name: &Name) -> Vec<Seen> {
        self.0.iter().filter_map(|round| round.seen(name)).collect()
    }

    /// What fails in every order.
    pub(super) fn broken(&self) -> Vec<Name> {
        self.which(|seen| seen.iter().all(|seen| !seen.passed))
    }

    /// What fails in some orders and passes in others.
    pub(super) fn dependent(&self) -> Vec<Name> {
        self.which(|seen| {
            seen.iter().any(|seen| !seen.passed) && seen.iter().any(|seen| seen.passed)
        })
    }

    fn which(&self, is: impl Fn(&[Seen]) -> bool) -> Vec<Name> {
        let all = self.tests().into_iter();
        all.filter(|name| is(&self.seen(name))).collect()
    }
}
