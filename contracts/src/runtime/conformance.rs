//! A suite bound to a backend: what tests, benches, examples and tools run.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::backend::{BackendInfo, Lack, Make};
use super::case::{Group, Promise};
use super::environment;
use super::harness::{self, Bound, Ended, MakeProof};
use crate::report::{Outcome, Record};

/// A suite bound to a backend.
///
/// Every backend has one: for a backend's function `redis_rs` it is `redis_rs::conformance()`.
pub struct Conformance {
    info: &'static BackendInfo,
    cases: Box<dyn Cases>,
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
            cases: Box::new(Table { cases, make }),
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
        self.cases.promises()
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
        let (promise, ended) = self.perform(case, false);
        self.record(promise, &ended)
    }

    fn perform(&self, case: &str, as_a_test: bool) -> (&'static Promise, Ended) {
        self.cases
            .run(case, self.info, as_a_test)
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
        let (promise, ended) = self.perform(case, true);
        let file = environment::record_file();
        if file.is_none() && ended.returned.is_ok() && self.lack(promise).is_none() {
            return;
        }
        let record = self.record(promise, &ended);
        if let Some(path) = file
            && let Err(error) = record.append_to(&path)
        {
            panic!(
                "the record of the case could not be written to {}: {error}",
                path.display()
            );
        }
        if record.outcome == Outcome::Failed {
            let report = record.to_string();
            eprintln!("\n{report}");
            // The report is the message already: a hook would print it a second time, with a line of this file.
            resume_unwind(Box::new(report));
        }
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
        as_a_test: bool,
    ) -> Option<(&'static Promise, Ended)>;
}

struct Table<H: 'static> {
    cases: &'static Group<H>,
    make: Make<H>,
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
        as_a_test: bool,
    ) -> Option<(&'static Promise, Ended)> {
        let case = self.cases.find(name)?;
        let make = self.make;
        let proof: MakeProof = Box::new(move || Box::new(Bound::new(case, make, as_a_test)));
        let ended = harness::run(&case.promise, info, proof);
        Some((&case.promise, ended))
    }
}
