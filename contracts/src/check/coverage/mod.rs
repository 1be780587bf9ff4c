//! Coverage: which answers of each method a suite sees.
//!
//! Not which lines run, but which promises are looked at: `get` that answers `Some` and `None`, `add` that answers `true`
//! and `false`, each kind of error. What a type can answer is known of `bool`, `Option` and lists; what kinds of errors
//! a method can answer is said by `#[errors(…)]`.

mod seen;
mod watcher;

use std::fmt;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

pub use seen::{Seen, SeenOf};
pub(crate) use watcher::{Watched, Watcher};

use super::strength::Allowed;
use crate::report;
use crate::report::counted_are;
use crate::runtime::{BackendInfo, Conformance};

/// What a suite sees of each method's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// The name of the trait.
    pub contract: String,
    /// The path of the suite.
    pub suite: String,
    /// The package that declares the backend.
    pub package: String,
    /// The backend that the suite ran on.
    pub backend: String,
    /// The methods that can be driven, in the order of the trait.
    pub methods: Vec<MethodCoverage>,
    /// The methods that cannot be driven, and so cannot be looked at.
    pub undriven: Vec<String>,
    /// What is wrong with the names of gaps that may be there.
    pub mistakes: Vec<String>,
}

/// What a suite sees of a method's answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodCoverage {
    /// Its name.
    pub method: String,
    /// Its answers.
    pub answers: Vec<Answers>,
}

/// Answers of one shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// The shape: `Ok(None)`, `Ok(true)`, `Err(InvalidKey)`; `_` for any at all.
    pub shape: String,
    /// How often it was answered so.
    pub times: usize,
    /// Why it may stay unseen, where the backend's declaration says so.
    pub allowed: Option<String>,
}

/// An answer that was never seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its name: `get Ok(None)`.
    pub name: String,
}

/// Stands for any answer of a method that is never called.
const ANY: &str = "_";

impl Coverage {
    /// Runs the cases of a suite on a backend that is declared as `reference`, and looks on.
    ///
    /// # Errors
    /// Where that cannot be: the backend is no reference, the suite fails on it, or nobody can stand in front of its
    /// handles.
    pub fn of(conformance: &Conformance) -> Result<Self, String> {
        conformance.coverage(&[])
    }

    pub(crate) fn new(
        info: &BackendInfo,
        contract: &super::operation::Contract,
        seen: &Seen,
        allowed: &[Allowed],
    ) -> Self {
        let methods = seen.methods.iter().map(|seen| MethodCoverage {
            method: seen.method.to_owned(),
            answers: answers(seen, allowed),
        });
        let undriven = contract.undriven.iter();
        let mut coverage = Self {
            contract: contract.name.to_owned(),
            suite: info.suite.to_owned(),
            package: info.package.to_owned(),
            backend: info.name.to_owned(),
            methods: methods.collect(),
            undriven: undriven
                .map(|undriven| undriven.method.to_owned())
                .collect(),
            mistakes: Vec::new(),
        };
        coverage.mistakes = coverage.mistaken(allowed);
        coverage
    }

    /// What was never seen, and may not stay so.
    pub fn gaps(&self) -> Vec<Gap> {
        let unseen = |answers: &&Answers| answers.times == 0 && answers.allowed.is_none();
        let gaps = self.methods.iter().flat_map(|method| {
            let unseen = method.answers.iter().filter(unseen);
            unseen.map(|answers| Gap {
                name: gap(&method.method, &answers.shape),
            })
        });
        gaps.collect()
    }

    /// Whether nothing is left to be said.
    pub fn is_complete(&self) -> bool {
        self.mistakes.is_empty() && self.gaps().is_empty()
    }

    /// The coverages in a file of records.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Vec<Self>> {
        report::read_kind(path, report::COVERAGE)
    }

    fn mistaken(&self, allowed: &[Allowed]) -> Vec<String> {
        let mistake = |allowed: &Allowed| {
            let name = allowed.name;
            let mut all = self.methods.iter().flat_map(|method| {
                let answers = method.answers.iter();
                answers.map(|answers| (gap(&method.method, &answers.shape), answers.times))
            });
            match all.find(|(known, _)| known == name) {
                None => Some(format!(
                    "there is no answer `{name}`, which is to be allowed to stay unseen"
                )),
                Some((_, 0)) => None,
                Some(_) => Some(format!("`{name}` is seen: take it out of `gaps(…)`")),
            }
        };
        allowed.iter().filter_map(mistake).collect()
    }
}

fn gap(method: &str, shape: &str) -> String {
    format!("{method} {shape}")
}

fn answers(seen: &SeenOf, allowed: &[Allowed]) -> Vec<Answers> {
    let expected = seen.expected.iter().map(|shape| (shape, 0));
    let mut shapes: std::collections::BTreeMap<String, usize> = expected
        .map(|(shape, times)| (shape.clone(), times))
        .collect();
    for (shape, times) in &seen.shapes {
        let shape = if shape.is_empty() { ANY } else { shape };
        *shapes.entry(shape.to_owned()).or_default() += times;
    }
    if shapes.is_empty() {
        shapes.insert(ANY.to_owned(), 0);
    }
    let answers = shapes.into_iter().map(|(shape, times)| {
        let name = gap(seen.method, &shape);
        let mut allowed = allowed.iter().filter(|allowed| allowed.name == name);
        Answers {
            allowed: allowed.next().map(|allowed| allowed.reason.to_owned()),
            shape,
            times,
        }
    });
    answers.collect()
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let gaps = self.gaps().len();
        writeln!(
            f,
            "the answers of `{}` that the suite sees on `{}`: {} missing",
            self.contract,
            self.backend,
            counted_are(gaps)
        )?;
        let width = self.methods.iter().map(|method| method.method.len()).max();
        for method in &self.methods {
            let answers: Vec<String> = method.answers.iter().map(ToString::to_string).collect();
            let width = width.unwrap_or(0);
            writeln!(f, "  {:width$}  {}", method.method, answers.join(", "))?;
        }
        for gap in self.gaps() {
            writeln!(f, "missing: {}", gap.name)?;
        }
        for undriven in &self.undriven {
            writeln!(f, "cannot be driven, and is not looked at: {undriven}")?;
        }
        for mistake in &self.mistakes {
            writeln!(f, "wrong: {mistake}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shape,
            times,
            allowed,
        } = self;
        match (times, allowed) {
            (0, Some(reason)) => write!(f, "{shape} never ({reason})"),
            (0, None) => write!(f, "{shape} NEVER"),
            (times, _) => write!(f, "{shape} {times}"),
        }
    }
}
