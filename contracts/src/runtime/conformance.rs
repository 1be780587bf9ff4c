//! A suite bound to a backend: what tests, benches, examples and tools run.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
#[cfg(feature = "check")]
use std::sync::{Arc, Mutex, PoisonError};

use super::backend::{BackendInfo, Lack, Make};
#[cfg(feature = "check")]
use super::bounded_thread::on_a_thread;
use super::case::{Group, Promise};
use super::environment;
use super::harness::{self, Bound, Ended, MakeProof};
#[cfg(feature = "check")]
use super::reference::{JUDGING, Judged, Reference};
#[cfg(feature = "check")]
use crate::check::coverage::Coverage;
#[cfg(feature = "check")]
use crate::check::means::MakeMeans;
#[cfg(feature = "check")]
use crate::check::strength::{Allowed, Judging, KillMatrix, Strength};
use crate::report::{Outcome, Record};

/// A suite bound to a backend.
///
/// Every backend has one: for a backend's function `redis_rs` it is `redis_rs::conformance()`.
pub struct Conformance {
    info: &'static BackendInfo,
    cases: Box<dyn Cases>,
    seed: Option<u64>,
    #[cfg(feature = "check")]
    reference: Option<&'static Reference>,
}

impl Conformance {
    #[doc(hidden)]
    pub fn new<H: 'static>(
        info: &'static BackendInfo,
        cases: &'static Group<H>,
        make: Make<H>,
    ) -> Self {
        Self {
            info,
            cases: Box::new(Table {
                cases,
                make,
                #[cfg(feature = "check")]
                means: None,
            }),
            seed: None,
            #[cfg(feature = "check")]
            reference: None,
        }
    }

    /// On a backend that the suite itself is judged by.
    #[cfg(feature = "check")]
    #[doc(hidden)]
    pub fn of_reference<H: 'static>(
        info: &'static BackendInfo,
        cases: &'static Group<H>,
        make: Make<H>,
        means: MakeMeans<H>,
        reference: &'static Reference,
    ) -> Self {
        Self {
            info,
            cases: Box::new(Table {
                cases,
                make,
                means: Some(means),
            }),
            seed: None,
            reference: Some(reference),
        }
    }

    /// Has all runs derive from `seed`, whatever the environment says: what a generated check finds, and what it leaves of
    /// it, is then the same each time.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self {
            seed: Some(seed),
            ..self
        }
    }

    /// The name of the backend.
    pub fn backend(&self) -> &'static str {
        self.info.name
    }

    /// What the backend declares to lack.
    pub fn lacks(&self) -> &'static [Lack] {
        self.info.lacks
    }

    /// The cases of the suite, in the order in which they are written.
    pub fn promises(&self) -> Vec<&'static Promise> {
        #[cfg_attr(
            not(feature = "check"),
            expect(unused_mut, reason = "only checks add any")
        )]
        let mut promises = self.cases.promises();
        #[cfg(feature = "check")]
        promises.extend(self.reference.into_iter().flat_map(Reference::promises));
        promises
    }

    /// What the backend lacks of what the case needs, if anything: such a case is owed no pass.
    pub fn lack(&self, promise: &Promise) -> Option<&'static Lack> {
        self.info
            .lacks
            .iter()
            .find(|lack| promise.needs.contains(&lack.capability))
    }

    /// Runs one case and says how it ended, without a panic, without a record, and without a file for what it found.
    ///
    /// # Panics
    /// When the suite has no case of that name.
    pub fn run(&self, case: &str) -> Record {
        #[cfg(feature = "check")]
        if let Some(judged) = self.judge(case) {
            return judged.record;
        }
        let (promise, ended) = self.perform(case, false);
        self.record(promise, &ended)
    }

    fn perform(&self, case: &str, as_a_test: bool) -> (&'static Promise, Ended) {
        self.cases
            .run(case, self.info, self.seed, as_a_test)
            .unwrap_or_else(|| {
                let names: Vec<_> = self.promises().iter().map(|promise| promise.name).collect();
                panic!(
                    "the suite `{}` has no case `{case}`; it has {}",
                    self.info.suite,
                    names.join(", ")
                )
            })
    }

    fn record(&self, promise: &Promise, ended: &Ended) -> Record {
        Record::new(self.info, promise, self.lack(promise), ended)
    }

    /// [`Conformance::run`] for every case that the backend owes, one after the other.
    pub fn run_all(&self) -> Vec<Record> {
        let owed = self
            .cases
            .promises()
            .into_iter()
            .filter(|promise| self.lack(promise).is_none());
        owed.map(|promise| self.run(promise.name)).collect()
    }

    /// Runs one case as a test does: records it where records are asked for, and panics where it failed.
    ///
    /// # Panics
    /// When the case failed; and when the backend claims to lack what the case needs, but passes it.
    #[expect(
        clippy::print_stderr,
        reason = "a test's output is how it tells why it failed"
    )]
    pub fn check(&self, case: &str) {
        let file = environment::record_file();
        let Some(record) = self.run_as_a_test(case, file.as_deref()) else {
            return;
        };
        if record.outcome == Outcome::Failed {
            let report = record.to_string();
            eprintln!("\n{report}");
            // The report is the message already: a hook would print it a second time, with a line of this file.
            resume_unwind(Box::new(report));
        }
    }

    /// The record of a run, written where records are asked for; none where nobody reads it.
    fn run_as_a_test(&self, case: &str, file: Option<&Path>) -> Option<Record> {
        let written = |written: io::Result<()>| {
            if let (Err(error), Some(file)) = (written, file) {
                panic!(
                    "the record of the case could not be written to {}: {error}",
                    file.display()
                );
            }
        };
        #[cfg(feature = "check")]
        if let Some(judged) = self.judge(case) {
            written(file.map_or(Ok(()), |file| judged.append_to(file)));
            return Some(judged.record);
        }
        let (promise, ended) = self.perform(case, true);
        if file.is_none() && ended.returned.is_ok() && self.lack(promise).is_none() {
            return None;
        }
        let record = self.record(promise, &ended);
        written(file.map_or(Ok(()), |file| record.append_to(file)));
        Some(record)
    }

    /// [`Conformance::check`] in a test that carries `#[should_panic]`: its harness turns the outcome round, and wants
    /// a message that holds `expected`.
    #[doc(hidden)]
    pub fn check_panics(&self, case: &str, expected: &str) {
        if catch_unwind(AssertUnwindSafe(|| self.check(case))).is_ok() {
            resume_unwind(Box::new(expected.to_owned()));
        }
    }
}

/// What judges the suite itself.
#[cfg(feature = "check")]
impl Conformance {
    /// What `case` judges, if it is not a case of the suite but judges that.
    fn judge(&self, case: &str) -> Option<Judged> {
        self.reference?.judge(case, self, self.info)
    }

    pub(crate) fn strength(&self, strength: &Strength) -> Result<KillMatrix, String> {
        self.cases.strength(self.info, *strength)
    }

    pub(crate) fn coverage(&self, allowed: &'static [Allowed]) -> Result<Coverage, String> {
        self.cases.coverage(self.info, allowed)
    }
}

impl fmt::Debug for Conformance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conformance")
            .field("info", self.info)
            .finish_non_exhaustive()
    }
}

/// A table of cases, whatever the type of their handles.
trait Cases {
    fn promises(&self) -> Vec<&'static Promise>;
    fn run(
        &self,
        case: &str,
        info: &'static BackendInfo,
        seed: Option<u64>,
        as_a_test: bool,
    ) -> Option<(&'static Promise, Ended)>;
    #[cfg(feature = "check")]
    fn strength(
        &self,
        info: &'static BackendInfo,
        strength: Strength,
    ) -> Result<KillMatrix, String>;
    #[cfg(feature = "check")]
    fn coverage(
        &self,
        info: &'static BackendInfo,
        allowed: &'static [Allowed],
    ) -> Result<Coverage, String>;
}

struct Table<H: 'static> {
    cases: &'static Group<H>,
    make: Make<H>,
    #[cfg(feature = "check")]
    means: Option<MakeMeans<H>>,
}

impl<H> Cases for Table<H> {
    fn promises(&self) -> Vec<&'static Promise> {
        let mut promises = Vec::new();
        self.cases.each(&mut |case| promises.push(&case.promise));
        promises
    }

    fn run(
        &self,
        name: &str,
        info: &'static BackendInfo,
        seed: Option<u64>,
        as_a_test: bool,
    ) -> Option<(&'static Promise, Ended)> {
        let case = self.cases.find(name)?;
        let make = self.make;
        let proof: MakeProof = Box::new(move || Box::new(Bound::new(case, make, as_a_test)));
        let ended = harness::run(&case.promise, info, seed, proof);
        Some((&case.promise, ended))
    }

    #[cfg(feature = "check")]
    fn strength(
        &self,
        info: &'static BackendInfo,
        strength: Strength,
    ) -> Result<KillMatrix, String> {
        judging(self, info, move |judging| judging.strength(&strength))
    }

    #[cfg(feature = "check")]
    fn coverage(
        &self,
        info: &'static BackendInfo,
        allowed: &'static [Allowed],
    ) -> Result<Coverage, String> {
        judging(self, info, |judging| judging.coverage(allowed))
    }
}

/// Judges a suite, on a thread that is left behind where a case blocks it.
#[cfg(feature = "check")]
fn judging<H: 'static, R: Send + 'static>(
    table: &Table<H>,
    info: &'static BackendInfo,
    judge: impl FnOnce(Judging<'_, H>) -> Result<R, String> + Send + 'static,
) -> Result<R, String> {
    let Table { cases, make, means } = *table;
    let means = means.ok_or_else(|| {
        format!(
            "the suite is judged by a reference, and `{}` is none: declare it with `#[backend(…, reference)]`",
            info.name
        )
    })?;
    let judged = Arc::new(Mutex::new(None));
    let told = Arc::clone(&judged);
    let judge = move || {
        let mut means = means()?;
        let judging = Judging {
            info,
            cases,
            make,
            means: &mut *means,
        };
        let judged = judge(judging)?;
        *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(judged);
        Ok(())
    };
    let name = "while the suite was judged";
    // A model that panics ends here too.
    on_a_thread(name, JUDGING, Box::new(move |_| harness::caught(judge)))?;
    let judged = judged.lock().unwrap_or_else(PoisonError::into_inner).take();
    judged.ok_or_else(|| "the thread that judged the suite ended early".to_owned())
}
