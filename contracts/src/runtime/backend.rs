//! What a backend's declaration says, and the function that makes its subjects.

use super::case::LocalFuture;
use super::context::{Context, SetupError};

/// A backend's declaration.
#[derive(Clone, Copy, Debug)]
pub struct BackendInfo {
    /// The name of its function.
    pub name: &'static str,
    /// The path of the suite that it runs.
    pub suite: &'static str,
    /// The package that declares it.
    pub package: &'static str,
    /// How its time passes.
    pub clock: ClockKind,
    /// The runtime that it wants.
    pub flavor: Flavor,
    /// What it declares to lack.
    pub lacks: &'static [Lack],
}

/// A capability that a backend declares to lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The capability, as cases name it in `needs(…)`.
    pub capability: &'static str,
    /// Why the backend lacks it.
    pub reason: &'static str,
}

/// How the time of a backend passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// By itself.
    Real,
    /// As tokio's paused clock: only when the case advances it, or when nothing else is left to do.
    Virtual,
}

/// The runtime that a case runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavor {
    /// The case's own thread.
    CurrentThread,
    /// Worker threads beside the case's own.
    #[cfg(feature = "multi-thread")]
    MultiThread,
}

/// The function that makes a handle of a backend's subject.
pub enum Make<H> {
    /// Called outside of any runtime, so that the subject may bring its own.
    Sync(fn(&Context) -> Result<H, SetupError>),
    /// Polled on the runtime of the case.
    Async(for<'a> fn(&'a Context) -> LocalFuture<'a, Result<H, SetupError>>),
}

impl<H> Clone for Make<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Make<H> {}
