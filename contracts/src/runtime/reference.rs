//! A backend that the suite itself is judged by, and the tests that do so: they stand beside those of the cases.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use super::backend::BackendInfo;
use super::case::Promise;
use super::conformance::Conformance;
use super::harness::Ended;
use crate::check::coverage::Coverage;
use crate::check::strength::{Allowed, KillMatrix, SEED, Strength};
use crate::report::{COVERAGE, Record, STRENGTH, append_kind};

/// How long judging a suite may take.
pub(super) const JUDGING: Duration = Duration::from_secs(600);

/// What a reference is asked.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// What has to notice saboteurs, where that is asked.
    pub strength: Option<Demand>,
    /// The saboteurs that may live.
    pub survivors: &'static [Allowed],
    /// Whether every answer has to be seen.
    pub coverage: bool,
    /// The answers that may stay unseen.
    pub gaps: &'static [Allowed],
    /// The file that asks it.
    pub file: &'static str,
    /// The line in it.
    pub line: u32,
}

/// What has to notice saboteurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// The cases that somebody wrote.
    Suite,
    /// They, or generated checks.
    Checks,
}

/// What came of judging a suite.
pub(super) struct Judged {
    pub(super) record: Record,
    matrix: Option<KillMatrix>,
    coverage: Option<Coverage>,
}

const KILLS: Promise = promise(
    "strength::suite_kills_every_saboteur",
    "Whatever one method does wrong, a case of the suite notices.",
);
const CHECKS_KILL: Promise = promise(
    "strength::checks_kill_every_saboteur",
    "Whatever one method does wrong, a case of the suite or a generated check notices.",
);
const SEES: Promise = promise(
    "coverage::suite_sees_every_answer",
    "Every answer that a method can give is seen by a case of the suite.",
);

const fn promise(name: &'static str, promise: &'static str) -> Promise {
    Promise {
        name,
        promise,
        needs: &[],
        tags: &["generated"],
        timeout: JUDGING,
        file: file!(),
        line: line!(),
        should_panic: None,
        handles: &[],
    }
}

impl Reference {
    /// What it proves of the suite.
    pub(super) fn promises(&self) -> Vec<&'static Promise> {
        let strength = self.strength.map(|demand| match demand {
            Demand::Suite => &KILLS,
            Demand::Checks => &CHECKS_KILL,
        });
        let coverage = self.coverage.then_some(&SEES);
        strength.into_iter().chain(coverage).collect()
    }

    pub(super) fn judge(
        &self,
        name: &str,
        conformance: &Conformance,
        info: &'static BackendInfo,
    ) -> Option<Judged> {
        let mut promises = self.promises().into_iter();
        let promise = promises.find(|promise| promise.name == name)?;
        let began = Instant::now();
        let (mut matrix, mut coverage) = (None, None);
        let returned = if promise.name == SEES.name {
            told(
                conformance.coverage(self.gaps),
                &mut coverage,
                Coverage::is_complete,
            )
        } else {
            let strength = Strength {
                with_checks: self.strength == Some(Demand::Checks),
                allowed: self.survivors,
                ..Strength::default()
            };
            told(
                conformance.strength(&strength),
                &mut matrix,
                KillMatrix::is_strong,
            )
        };
        let ended = Ended {
            context: None,
            seed: SEED,
            returned,
            took: began.elapsed(),
        };
        Some(Judged {
            record: Record {
                file: self.file.to_owned(),
                line: self.line,
                ..Record::new(info, promise, None, &ended)
            },
            matrix,
            coverage,
        })
    }
}

/// Keeps what was found; it is the reason of the failure where it is none to be content with.
fn told<T: std::fmt::Display>(
    judged: Result<T, String>,
    kept: &mut Option<T>,
    is_well: impl FnOnce(&T) -> bool,
) -> Result<(), String> {
    let judged = kept.insert(judged?);
    if is_well(judged) {
        Ok(())
    } else {
        Err(judged.to_string())
    }
}

impl Judged {
    /// Appends the record, and what was found as a line of its own.
    pub(super) fn append_to(&self, path: &Path) -> io::Result<()> {
        self.record.append_to(path)?;
        if let Some(matrix) = &self.matrix {
            append_kind(STRENGTH, matrix, path)?;
        }
        if let Some(coverage) = &self.coverage {
            append_kind(COVERAGE, coverage, path)?;
        }
        Ok(())
    }
}
