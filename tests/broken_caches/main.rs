//! The cache suite against caches that break one promise each: every case must be seen failing.
//!
//! Which flaw a cache has, and who must notice it, is in `flaws.rs`; what the flaw does is in `cache.rs`.

mod cache;
mod flaws;

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use contrait::check::strength::{KillMatrix, Strength};
use contrait::report::Outcome;
use contrait::{Conformance, Context, SetupError, backend};

use cache::Broken;
use flaws::{FLAWS, Flaw};

/// The flaw of the run: one test sets it, and runs its cases one after the other.
static FLAW: Mutex<Flaw> = Mutex::new(Flaw::Nothing);

#[backend(
    contrait::cache::suite,
    clock = virtual,
    tests = false,
    reference,
    lacks(
        lockstep = "has planted bugs of its own",
        linearizable = "has planted bugs of its own",
        cancellation = "has planted bugs of its own"
    )
)]
fn broken(cx: &Context) -> Result<Broken, SetupError> {
    Broken::new(*FLAW.lock().unwrap_or_else(PoisonError::into_inner), cx)
}

/// Those of `cases` that fail on a cache with this flaw.
fn failing<'a>(flaw: Flaw, cases: &[&'a str]) -> BTreeSet<&'a str> {
    *FLAW.lock().unwrap_or_else(PoisonError::into_inner) = flaw;
    let conformance = broken::conformance();
    let fails = |name: &&str| {
        let record = conformance.run(name);
        let failed = record.outcome == Outcome::Failed;
        // A case fails by what its backend did, and shows what that was.
        assert!(!failed || !record.operations.is_empty(), "{record}");
        failed
    };
    cases.iter().copied().filter(fails).collect()
}

/// What the failure of a case says of a flaw.
fn reason(flaw: Flaw, case: &str) -> String {
    *FLAW.lock().unwrap_or_else(PoisonError::into_inner) = flaw;
    broken::conformance().run(case).reason.unwrap_or_default()
}

/// A failure tells what is broken.
const REASONS: &[(Flaw, &str, &str)] = &[
    (Flaw::ReadsNothing, "set_then_get", "right: Some([118])"),
    (Flaw::TtlIsIgnored, "ttl::expires", "right: None"),
    (Flaw::TtlIsEarly, "ttl::is_never_early", "early: Some"),
    (Flaw::GetExtends, "ttl::get_never_extends", "late: Some"),
    (Flaw::LongKeysAreCut, "keys::key_of_251_bytes", "InvalidKey"),
    (Flaw::DeleteSaysYes, "delete_is_idempotent", "!cache.delete"),
];

/// Which cases notice which of the faults that the signatures give, on a cache without a flaw.
fn saboteurs(conformance: &Conformance) -> KillMatrix {
    let strength = Strength {
        thorough: true,
        ..Strength::default()
    };
    strength
        .of(conformance)
        .expect("a suite that can be judged")
}

/// One test, since the flaw is one for the process.
#[test]
fn every_flaw_is_noticed_and_every_case_notices_one() {
    let conformance = broken::conformance();
    let mut promises = conformance.promises();
    promises.retain(|promise| !promise.tags.contains(&"generated"));
    let all: Vec<_> = promises.iter().map(|promise| promise.name).collect();
    assert_eq!(failing(Flaw::Nothing, &all), BTreeSet::new());
    let matrix = saboteurs(&conformance);
    let mut noticing = BTreeSet::new();
    for (flaw, cases) in FLAWS {
        let failing = failing(*flaw, cases);
        let expected: BTreeSet<_> = cases.iter().copied().collect();
        assert_eq!(failing, expected, "with the flaw {flaw:?}");
        noticing.extend(failing);
    }
    noticing.extend(
        matrix
            .rows
            .iter()
            .flat_map(|row| &row.cases)
            .map(String::as_str),
    );
    let all: BTreeSet<_> = all.into_iter().collect();
    let never: Vec<_> = all.difference(&noticing).collect();
    assert!(never.is_empty(), "never seen failing: {never:#?}");
    for (flaw, case, part) in REASONS {
        let reason = reason(*flaw, case);
        assert!(reason.contains(part), "{flaw:?} is explained by: {reason}");
    }
}
