//! Cases × backends. The types are also the JSON that `--json` writes; what reads that, reads [`VERSION`] first.

mod build;
mod failure;
mod resolve;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::iter::Sum;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::Past;
use crate::record::Operation;
use crate::run::End;
pub(crate) use failure::{AS_A_CASE, Failure};

/// The version of the JSON. A new field does not change it, a changed meaning does.
pub(crate) const VERSION: u32 = 1;

/// Every suite on every backend that was seen.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "cargo contrait --json")]
pub(crate) struct Matrix<'t> {
    /// The version of this schema.
    pub(crate) version: u32,
    /// The suites, by path.
    pub(crate) suites: Vec<Suite<'t>>,
    /// The sums over all suites.
    pub(crate) totals: Totals,
    /// Tests that are none of a suite.
    pub(crate) others: Others,
    /// Test binaries that died, with what killed them.
    pub(crate) died: Vec<String>,
    /// Lines of the records that are none, with their places.
    pub(crate) broken: Vec<String>,
    /// The run; nothing where records were read.
    pub(crate) run: Option<Run>,
    /// The runs before it that were asked for the same, oldest first.
    pub(crate) history: Vec<Past>,
}

/// A run of the tests.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Run {
    /// When it began, in milliseconds since 1970.
    pub(crate) time_ms: u64,
    /// How long it took, in milliseconds, the build included.
    pub(crate) took_ms: u64,
    /// Whether a signal ended it.
    pub(crate) interrupted: bool,
}

/// A suite on its backends.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Suite<'t> {
    /// Its path.
    pub(crate) path: Cow<'t, str>,
    /// The backends that run it.
    pub(crate) backends: Vec<Backend<'t>>,
    /// Its cases, in the order in which they are written; generated ones come last.
    pub(crate) cases: Vec<Case<'t>>,
    /// The sums of all cells.
    pub(crate) totals: Totals,
}

/// A backend that runs a suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Backend<'t> {
    /// Its name.
    pub(crate) name: Cow<'t, str>,
    /// The package that declares it.
    pub(crate) package: Cow<'t, str>,
    /// The server that it talked to.
    pub(crate) server: Option<Cow<'t, str>>,
    /// How long its cases took, one after the other, in microseconds.
    pub(crate) duration_us: u64,
    /// The sums of its cells.
    pub(crate) totals: Totals,
}

/// A case on each backend.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Case<'t> {
    /// Its name with its groups: `ttl::expires`.
    pub(crate) name: Cow<'t, str>,
    /// What it promises.
    pub(crate) promise: Cow<'t, str>,
    /// What it is tagged with.
    pub(crate) tags: Vec<Cow<'t, str>>,
    /// The file that it stands in; empty where it never ran.
    pub(crate) file: Cow<'t, str>,
    /// The line that it stands on.
    pub(crate) line: u32,
    /// What became of it, in the order of the suite's backends.
    pub(crate) cells: Vec<Cell<'t>>,
}

/// What became of a case on a backend.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Cell<'t> {
    /// In a word.
    pub(crate) state: State,
    /// Why it failed, is lacking or did not run.
    pub(crate) reason: Option<Cow<'t, str>>,
    /// The value for `CONTRAIT_SEED` that repeats the run.
    pub(crate) seed: Option<Cow<'t, str>>,
    /// How long it took, in microseconds.
    pub(crate) duration_us: u64,
    /// How often it ran.
    pub(crate) runs: usize,
    /// How many of the runs failed.
    pub(crate) failed_runs: usize,
    /// The operations of a run that failed, oldest first.
    pub(crate) operations: Vec<Operation>,
    /// How many older operations were not kept.
    pub(crate) operations_dropped: usize,
    /// The parts of the reason, for one that failed.
    pub(crate) failure: Option<Failure>,
}

/// What became of a case, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It is none of this backend's: the suite is judged on reference backends alone. It is in no sum.
    NotOwed,
    /// It did not run.
    NotRun,
    /// The backend declares that it does not keep the promise.
    Lacking,
    /// The backend keeps the promise.
    Passed,
    /// It does not.
    Failed,
}

/// Sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub(crate) struct Totals {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) lacking: usize,
    pub(crate) not_run: usize,
}

/// Tests that are none of a suite.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Others {
    pub(crate) passed: usize,
    pub(crate) ignored: usize,
    pub(crate) not_run: usize,
    /// The names of those that failed, each after its test binary.
    pub(crate) failed: Vec<String>,
}

impl Others {
    pub(crate) fn count(&self) -> usize {
        self.passed + self.ignored + self.not_run + self.failed.len()
    }

    /// Whether there are some, and none of them ran.
    pub(crate) fn are_left_out(&self) -> bool {
        self.not_run > 0 && self.passed == 0 && self.failed.is_empty()
    }
}

impl Totals {
    pub(crate) fn count(&mut self, state: State) {
        *match state {
            State::NotOwed => return,
            State::Passed => &mut self.passed,
            State::Failed => &mut self.failed,
            State::Lacking => &mut self.lacking,
            State::NotRun => &mut self.not_run,
        } += 1;
    }

    pub(crate) fn all(&self) -> usize {
        self.passed + self.failed + self.lacking + self.not_run
    }
}

/// A cell, and where it is.
#[derive(Clone, Copy)]
pub(crate) struct At<'m, 't> {
    pub(crate) suite: &'m Suite<'t>,
    pub(crate) case: &'m Case<'t>,
    pub(crate) backend: &'m Backend<'t>,
    pub(crate) cell: &'m Cell<'t>,
}

impl<'t> Matrix<'t> {
    /// Whether every promise that was asked for is kept, and every other test passed.
    pub(crate) fn is_kept(&self) -> bool {
        self.totals.failed == 0 && self.others.failed.is_empty()
    }

    /// The names of all backends.
    pub(crate) fn backends(&self) -> BTreeSet<&str> {
        let backends = self.suites.iter().flat_map(|suite| &suite.backends);
        backends.map(|backend| &*backend.name).collect()
    }

    /// All cells, case by case.
    pub(crate) fn cells(&self) -> impl Iterator<Item = At<'_, 't>> {
        self.suites
            .iter()
            .flat_map(|suite| suite.cases.iter().flat_map(|case| suite.row(case)))
    }

    /// Leaves suites and cases that have one of the texts in their names, and the backends of these names; no texts
    /// leave everything.
    pub(crate) fn retain(&mut self, suites: &[String], backends: &[String], cases: &[String]) {
        let has = |name: &str, texts: &[String]| {
            texts.is_empty() || texts.iter().any(|text| name.contains(text.as_str()))
        };
        self.suites.retain(|suite| has(&suite.path, suites));
        for suite in &mut self.suites {
            suite.cases.retain(|case| has(&case.name, cases));
            if !backends.is_empty() {
                suite.retain_backends(backends);
            }
            suite.count();
        }
        self.suites
            .retain(|suite| !suite.cases.is_empty() && !suite.backends.is_empty());
        self.totals = self.suites.iter().map(|suite| suite.totals).sum();
    }
}

impl At<'_, '_> {
    /// What runs are compared by.
    pub(crate) fn name(&self) -> String {
        format!(
            "{} {}::{}",
            self.suite.path, self.backend.name, self.case.name
        )
    }
}

impl State {
    /// As people write it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NotOwed => "not owed",
            Self::NotRun => "not run",
            Self::Lacking => "lacking",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }
}

impl<'t> Suite<'t> {
    /// A case on each backend.
    pub(crate) fn row<'m>(&'m self, case: &'m Case<'t>) -> impl Iterator<Item = At<'m, 't>> {
        let cells = self.backends.iter().zip(&case.cells);
        cells.map(move |(backend, cell)| At {
            suite: self,
            case,
            backend,
            cell,
        })
    }

    fn retain_backends(&mut self, names: &[String]) {
        let kept: Vec<bool> = self
            .backends
            .iter()
            .map(|backend| names.iter().any(|name| *name == backend.name))
            .collect();
        fn only<T>(all: &mut Vec<T>, kept: &[bool]) {
            let mut kept = kept.iter();
            all.retain(|_| kept.next().is_some_and(|kept| *kept));
        }
        only(&mut self.backends, &kept);
        self.cases
            .iter_mut()
            .for_each(|case| only(&mut case.cells, &kept));
    }

    /// Sums anew.
    pub(crate) fn count(&mut self) {
        for (index, backend) in self.backends.iter_mut().enumerate() {
            let cells = self.cases.iter().map(|case| &case.cells[index]);
            backend.duration_us = cells.clone().map(|cell| cell.duration_us).sum();
            backend.totals = Totals::default();
            cells.for_each(|cell| backend.totals.count(cell.state));
        }
        self.totals = self.backends.iter().map(|backend| backend.totals).sum();
    }
}

impl Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            passed: sum.passed + one.passed,
            failed: sum.failed + one.failed,
            lacking: sum.lacking + one.lacking,
            not_run: sum.not_run + one.not_run,
        })
    }
}

impl From<&End> for Run {
    fn from(end: &End) -> Self {
        Self {
            time_ms: end.folder.time(),
            took_ms: u64::try_from(end.took.as_millis()).unwrap_or(u64::MAX),
            interrupted: end.interrupted,
        }
    }
}

impl Case<'_> {
    /// The groups that it stands in, without its own name.
    pub(crate) fn group(&self) -> Option<&str> {
        self.name.rsplit_once("::").map(|(group, _)| group)
    }

    pub(crate) fn own_name(&self) -> &str {
        self.name
            .rsplit_once("::")
            .map_or(&self.name, |(_, name)| name)
    }
}

impl<'t> Cell<'t> {
    pub(crate) fn without_run(state: State, reason: impl Into<Cow<'t, str>>) -> Self {
        Self {
            state,
            reason: Some(reason.into()),
            seed: None,
            duration_us: 0,
            runs: 0,
            failed_runs: 0,
            operations: Vec::new(),
            operations_dropped: 0,
            failure: None,
        }
    }
}
