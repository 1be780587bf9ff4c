//! Where a seam is open, and what closes it.

use serde::Serialize;

use super::priority::Priority;
use crate::source::Place;

/// What is open. Gaps are in the order of what depends on them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Gap {
    pub(crate) priority: Priority,
    #[serde(flatten)]
    pub(crate) place: Place,
    pub(crate) kind: GapKind,
    /// The seam: the path of a trait or a case, or what a boundary is called.
    pub(crate) seam: String,
    /// The type, where it is about one implementation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) implementation: Option<String>,
    pub(crate) message: String,
    pub(crate) remedy: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum GapKind {
    /// Several implementations, and no suite.
    NoSuite,
    /// Packages meet at a trait that has no suite.
    NoSuiteAcrossPackages,
    /// An implementation that does not run the suite of its trait.
    NotRun,
    /// A suite that nothing runs.
    SuiteNotRun,
    /// A boundary that no test goes through.
    NoOutsideInTest,
    /// A case with a priority that is not run somewhere.
    CaseNotRun,
}
