//! Lines that this command writes into the file of records while it runs tests, so that the file alone tells also what
//! did not run, and why.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// A line of this command's own.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Line {
    /// A test binary begins. What follows until the next is its.
    Binary(Binary),
    /// It has ended.
    Ended(Ended),
}

/// A test binary.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Binary {
    /// The package that it belongs to.
    pub(crate) package: String,
    /// The target's name.
    pub(crate) name: String,
    /// The file.
    pub(crate) path: PathBuf,
    /// How many tests it is about to run, ignored ones included.
    pub(crate) tests: usize,
}

/// How a test binary ended.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Ended {
    /// The package that it belongs to.
    pub(crate) package: String,
    /// The target's name.
    pub(crate) name: String,
    /// What killed it, if anything: `signal: 11 (SIGSEGV)`.
    pub(crate) died: Option<String>,
    /// What became of each test.
    pub(crate) tests: Vec<Test>,
}

/// A test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Test {
    /// Its path: `memory::ttl::expires`.
    pub(crate) name: String,
    /// What became of it.
    pub(crate) state: TestState,
}

/// What became of a test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TestState {
    Passed,
    Failed,
    /// It is marked as ignored, for this reason if it gives one.
    Ignored(Option<String>),
    /// It did not run, for this reason.
    Absent(String),
}
