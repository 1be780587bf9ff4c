//! Which cell a test's name means. A record tells its suite, backend and case; a test that left none is known by its
//! path alone, `…::backend::case`, and what the records of others tell says where that ends and this begins.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::build::Column;
use crate::record::{Ended, Record};

/// What the records tell of names.
#[derive(Default)]
pub(super) struct Resolver<'t> {
    /// The backends by name: what each runs, and the binary that the records stand under.
    backends: HashMap<Cow<'t, str>, Vec<Runs<'t>>>,
    /// The cases of each suite.
    cases: HashMap<Cow<'t, str>, HashSet<Cow<'t, str>>>,
}

#[derive(Clone, PartialEq, Eq)]
struct Runs<'t> {
    suite: Cow<'t, str>,
    package: Cow<'t, str>,
    binary: Option<usize>,
}

/// Where a test belongs.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place<'t> {
    /// To a cell.
    Cell {
        suite: Cow<'t, str>,
        column: Column<'t>,
        case: Cow<'t, str>,
    },
    /// To no suite.
    Elsewhere,
}

impl<'t> Resolver<'t> {
    pub(super) fn learn(&mut self, record: &Record<'t>, binary: Option<usize>) {
        let column = (record.backend.clone(), record.package.clone());
        self.note(record.suite.clone(), column, record.case.clone(), binary);
    }

    /// What can be told of tests that left no record tells of others: a backend of which nothing ran, and cases that
    /// ran nowhere.
    pub(super) fn learn_listed(&mut self, binaries: &[Ended]) {
        for (index, binary) in binaries.iter().enumerate() {
            for test in &binary.tests {
                if let Place::Cell {
                    suite,
                    column,
                    case,
                } = self.place(index, binary, &test.name)
                {
                    self.note(suite, column, case, Some(index));
                }
            }
        }
    }

    fn note(
        &mut self,
        suite: Cow<'t, str>,
        column: Column<'t>,
        case: Cow<'t, str>,
        binary: Option<usize>,
    ) {
        let (backend, package) = column;
        let runs = Runs {
            suite: suite.clone(),
            package,
            binary,
        };
        let known = self.backends.entry(backend).or_default();
        if !known.contains(&runs) {
            known.push(runs);
        }
        self.cases.entry(suite).or_default().insert(case);
    }

    pub(super) fn place(&self, index: usize, binary: &Ended, test: &str) -> Place<'t> {
        self.of_known_case(index, test)
            .or_else(|| self.of_known_backend(index, test))
            .or_else(|| self.of_new_backend(binary, test))
            .unwrap_or(Place::Elsewhere)
    }

    /// A known backend, and a case that its suite has somewhere.
    fn of_known_case(&self, index: usize, test: &str) -> Option<Place<'t>> {
        splits(test).find_map(|(backend, rest)| {
            let mut runs = self.runs_of(index, backend);
            // A backend of several suites has a module for each.
            let shorter = rest.split_once("::").map(|(_, rest)| rest);
            runs.find_map(|runs| {
                let cases = self.cases.get(&runs.suite)?;
                let names = [Some(rest), shorter].into_iter().flatten();
                let case = names.filter_map(|name| cases.get(name)).next()?.clone();
                Some(runs.cell(backend, case))
            })
        })
    }

    /// A known backend of one suite, and a case that ran nowhere.
    fn of_known_backend(&self, index: usize, test: &str) -> Option<Place<'t>> {
        splits(test).find_map(|(backend, rest)| {
            let runs: Vec<&Runs<'t>> = self.runs_of(index, backend).collect();
            let first = *runs.first()?;
            let one = runs.iter().all(|runs| runs.suite == first.suite);
            one.then(|| first.cell(backend, rest.to_owned().into()))
        })
    }

    /// A backend of which nothing ran: its name stands before every case of a suite that others wrote records of.
    fn of_new_backend(&self, binary: &Ended, test: &str) -> Option<Place<'t>> {
        let known = |rest: &str| self.cases.values().any(|cases| cases.contains(rest));
        let mut splits = splits(test).filter(|(_, rest)| known(rest));
        splits.find_map(|(backend, rest)| {
            let (before, _) = test.split_at(test.len() - rest.len());
            let listed: HashSet<&str> = binary
                .tests
                .iter()
                .filter_map(|test| test.name.strip_prefix(before))
                .collect();
            let has_all = |cases: &HashSet<Cow<'t, str>>| {
                let written = cases.iter().filter(|case| !is_judging(case));
                cases.contains(rest)
                    && written.clone().count() > 0
                    && written.clone().all(|case| listed.contains(&**case))
            };
            let (suite, _) = self.cases.iter().find(|(_, cases)| has_all(cases))?;
            Some(Place::Cell {
                suite: suite.clone(),
                column: (backend.to_owned().into(), binary.package.clone().into()),
                case: rest.to_owned().into(),
            })
        })
    }

    /// What a backend of that name runs in that binary, as far as that is known, and else anywhere.
    fn runs_of(&self, index: usize, backend: &str) -> impl Iterator<Item = &Runs<'t>> {
        let all = self.backends.get(backend).map_or(&[][..], Vec::as_slice);
        let here = move |runs: &&Runs<'t>| runs.binary == Some(index);
        let any_here = all.iter().any(|runs| here(&runs));
        all.iter().filter(move |runs| !any_here || here(runs))
    }
}

impl<'t> Runs<'t> {
    fn cell(&self, backend: &str, case: Cow<'t, str>) -> Place<'t> {
        Place::Cell {
            suite: self.suite.clone(),
            column: (backend.to_owned().into(), self.package.clone()),
            case,
        }
    }
}

/// Whether a case judges the suite, and so is there on reference backends only.
pub(super) fn is_judging(case: &str) -> bool {
    case.starts_with("strength::") || case.starts_with("coverage::")
}

/// The ways to read a path as a backend and a case.
fn splits(test: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = test.match_indices("::").map(|(at, _)| at);
    ends.map(move |at| {
        let backend = &test[..at];
        let backend = backend.rsplit_once("::").map_or(backend, |(_, name)| name);
        (backend, &test[at + 2..])
    })
}
