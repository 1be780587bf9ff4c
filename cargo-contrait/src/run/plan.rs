//! What a runner is told: which tests, in which order, and where to note what became of them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Folder;
use crate::cli::{Part, RunArgs};
use crate::error::Error;

/// The variable that leads a runner to its plan.
pub(super) const VARIABLE: &str = "CARGO_CONTRAIT_PLAN";

/// What a runner is told.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Plan {
    /// The file of records.
    pub(crate) records: PathBuf,
    /// What the test binaries print.
    pub(crate) log: PathBuf,
    /// Only these backends, if there are any.
    pub(crate) backends: Vec<String>,
    /// Only cases with one of these in their names, if there are any.
    pub(crate) cases: Vec<String>,
    /// Only a part of the tests.
    pub(crate) part: Option<Part>,
    /// One test after the other, in a random order.
    pub(crate) order: Option<Order>,
    /// Whether nothing is said of the build, which was there before.
    pub(crate) quiet: bool,
}

/// A random order.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Order {
    /// What the order follows from.
    pub(crate) seed: u64,
    /// Only these tests, if given.
    pub(crate) only: Option<Only>,
}

/// Some tests of one binary.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Only {
    pub(crate) package: String,
    pub(crate) binary: String,
    pub(crate) tests: Vec<String>,
}

impl Plan {
    pub(crate) fn new(args: &RunArgs) -> Self {
        Self {
            backends: args.backends.clone(),
            cases: args.cases.clone(),
            ..Self::default()
        }
    }

    pub(super) fn within(mut self, folder: &Folder) -> Self {
        self.records = folder.records();
        self.log = folder.log();
        self
    }

    pub(super) fn path(&self) -> PathBuf {
        self.records.with_file_name("plan.json")
    }

    pub(super) fn write(&self) -> Result<(), Error> {
        let path = self.path();
        let text = serde_json::to_vec(self).map_err(|error| Error::file(&path, error))?;
        std::fs::write(&path, text).map_err(|error| Error::file(&path, error))
    }

    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read(path).map_err(|error| Error::file(path, error))?;
        serde_json::from_slice(&text).map_err(|error| Error::file(path, error))
    }

    /// Whether every test is to run, as far as it lies here.
    pub(super) fn takes_all(&self) -> bool {
        let only = self
            .order
            .as_ref()
            .is_some_and(|order| order.only.is_some());
        self.backends.is_empty() && self.cases.is_empty() && self.part.is_none() && !only
    }

    /// Whether the tests that are to run are another binary's.
    pub(super) fn is_of_another(&self, package: &str, binary: &str) -> bool {
        let only = self.order.as_ref().and_then(|order| order.only.as_ref());
        only.is_some_and(|only| (&*only.package, &*only.binary) != (package, binary))
    }

    /// Which of a binary's tests are to run, and why the others are not.
    pub(super) fn choose(&self, tests: Vec<String>) -> (Vec<String>, Vec<(String, String)>) {
        let (mut chosen, mut left) = (Vec::new(), Vec::new());
        let asked = tests.into_iter().filter(|test| self.is_asked(test));
        for (index, test) in asked.enumerate() {
            match self.part {
                Some(part) if index % part.of != part.index - 1 => {
                    left.push((test, format!("it belongs to another part than {part}")));
                }
                _ => chosen.push(test),
            }
        }
        (chosen, left)
    }

    /// Whether a test is on a chosen backend and has a chosen case in its name.
    pub(super) fn is_asked(&self, test: &str) -> bool {
        if let Some(only) = self.order.as_ref().and_then(|order| order.only.as_ref()) {
            return only.tests.iter().any(|name| name == test);
        }
        let has = |case: &str| {
            self.cases.is_empty() || self.cases.iter().any(|text| case.contains(text.as_str()))
        };
        if self.backends.is_empty() {
            return has(test);
        }
        let mut ends = test.match_indices("::").map(|(at, _)| at);
        ends.any(|at| {
            let backend = test[..at].rsplit("::").next().unwrap_or_default();
            self.backends.iter().any(|name| name == backend) && has(&test[at + 2..])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::cli::Part;

    fn chosen(plan: &Plan) -> Vec<String> {
        let tests = [
            "memory::get",
            "memory::ttl::expires",
            "deep::redis::get",
            "redis::memory::x",
        ];
        plan.choose(tests.map(str::to_owned).to_vec()).0
    }

    #[test]
    fn a_backend_is_a_whole_part_of_the_path() {
        let plan = Plan {
            backends: vec!["redis".into()],
            ..Plan::default()
        };
        assert_eq!(chosen(&plan), ["deep::redis::get", "redis::memory::x"]);
    }

    #[test]
    fn a_case_is_looked_for_below_the_backend() {
        let plan = Plan {
            backends: vec!["memory".into()],
            cases: vec!["ttl".into()],
            ..Plan::default()
        };
        assert_eq!(chosen(&plan), ["memory::ttl::expires"]);
    }

    #[test]
    fn parts_are_disjoint_and_together_everything() {
        let part = |index| Plan {
            part: Some(Part { index, of: 3 }),
            ..Plan::default()
        };
        let mut all: Vec<String> = (1..=3).flat_map(|index| chosen(&part(index))).collect();
        all.sort();
        assert_eq!(
            all,
            [
                "deep::redis::get",
                "memory::get",
                "memory::ttl::expires",
                "redis::memory::x"
            ]
        );
    }
}
