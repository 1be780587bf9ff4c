//! A suite of one case leaves much alive, and every hole is told by name.

use std::sync::OnceLock;

use contrait::check::strength::{KillMatrix, Strength, Verdict};
use contrait::{Context, backend, contract_suite};

use crate::stock::{InMemory, Shelf, Stock};

#[contract_suite(Stock, model = |_| Shelf::default())]
mod suite {
    use super::*;

    /// What was put is there.
    #[case]
    async fn put_then_count(stock: &dyn Stock) {
        assert_eq!(stock.put("nut", 2).await, 2);
        assert_eq!(stock.count("nut").await, Ok(2));
    }
}

#[backend(suite, clock = virtual, tests = false, reference)]
fn in_memory(context: &Context) -> InMemory {
    InMemory::new(context)
}

/// Generated checks notice what the case does not.
#[backend(
    suite,
    clock = virtual,
    tests = false,
    reference = checks,
    survivors(
        "rename/lost" = "concurrent clients call what names one key",
        "rename/lands-after-drop" = "no key is named, so that it is not dropped"
    )
)]
fn by_checks(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[backend(
    suite,
    clock = virtual,
    tests = false,
    reference,
    survivors(
        "put/item-of-call-before" = "nobody puts twice",
        "put/twice" = "is noticed",
        "put/thrice" = "is no saboteur"
    )
)]
fn with_survivors(context: &Context) -> InMemory {
    InMemory::new(context)
}

/// What all tests look at.
fn measured() -> &'static KillMatrix {
    static MATRIX: OnceLock<KillMatrix> = OnceLock::new();
    MATRIX.get_or_init(|| Strength::default().of(&in_memory::conformance()).unwrap())
}

fn verdict<'m>(matrix: &'m KillMatrix, saboteur: &str) -> &'m Verdict {
    let mut rows = matrix.rows.iter();
    let row = rows.find(|row| row.saboteur == saboteur);
    &row.unwrap_or_else(|| panic!("no saboteur `{saboteur}`:\n{matrix}"))
        .verdict
}

#[test]
fn what_the_case_looks_at_is_noticed() {
    let matrix = measured();
    for saboteur in [
        "put/twice",
        "put/dropped",
        "put/amount-ignored",
        "put/off-by-one",
        "put/hangs",
        "count/item-cut",
        "count/err-for-ok",
        "count/panics",
    ] {
        assert_eq!(verdict(matrix, saboteur), &Verdict::Killed, "{saboteur}");
    }
}

#[test]
fn what_it_does_not_look_at_is_a_hole() {
    let matrix = measured();
    assert!(!matrix.is_strong());
    let holes: Vec<&str> = matrix.holes().map(|row| row.saboteur.as_str()).collect();
    for saboteur in [
        "count/item-of-call-before",
        "count/stale",
        "put/amount-of-call-before",
        "take/dropped",
        "take/other-kind",
        "clear/item-ignored",
        "rename/from-for-to",
        "rename/dropped",
    ] {
        assert!(holes.contains(&saboteur), "{saboteur} among {holes:#?}");
    }
    assert_eq!(
        verdict(matrix, "rename/panics"),
        &Verdict::Hole("only `generated::lockstep` notices; no case calls the method".to_owned())
    );
}

/// The case that would notice is there to be pasted.
#[test]
fn a_hole_comes_with_a_case() {
    let matrix = measured();
    let Verdict::Hole(add) = verdict(matrix, "put/amount-of-call-before") else {
        panic!("{matrix}");
    };
    assert!(add.contains("only `generated::lockstep` notices"), "{add}");
    assert!(add.contains("async fn found_by_lockstep("), "{add}");
    assert_eq!(add.matches("subject.put(").count(), 2, "{add}");
}

#[test]
fn what_nobody_can_notice_is_no_hole_and_not_noticed_either() {
    let matrix = measured();
    assert_eq!(
        verdict(matrix, "clear/twice"),
        &Verdict::Equivalent("`clear` is marked `#[idempotent]`".to_owned())
    );
    // Clearing at once is clearing, whoever is told of whose.
    let Verdict::Equivalent(why) = verdict(matrix, "clear/lost") else {
        panic!("{matrix}");
    };
    assert!(why.starts_with("it struck"), "{why}");
    let equivalent = matrix.rows.len() - matrix.killable();
    assert!(matrix.killed() + equivalent < matrix.rows.len());
}

/// The test of a backend fails, and lists them.
#[test]
fn the_test_fails_with_the_list() {
    let record = in_memory::conformance().run("strength::suite_kills_every_saboteur");
    let reason = record.reason.expect("it fails");
    assert!(reason.contains("alive: holes in the suite"), "{reason}");
    assert!(
        reason.contains("count/stale: `count` answers what it answered before for that key"),
        "{reason}"
    );
}

#[test]
fn generated_checks_can_be_enough() {
    let record = by_checks::conformance().run("strength::checks_kill_every_saboteur");
    assert_eq!(record.reason, None);
}

#[test]
fn survivors_are_allowed_by_name_and_for_a_reason() {
    let record = with_survivors::conformance().run("strength::suite_kills_every_saboteur");
    let reason = record.reason.expect("there are other holes");
    let allowed = "alive, and allowed to be\n  put/item-of-call-before: `put` takes `item` from the call before\n      nobody puts twice";
    assert!(reason.contains(allowed), "{reason}");
    assert!(
        reason.contains("wrong: `put/twice` is noticed: take it out of `survivors(…)`"),
        "{reason}"
    );
    assert!(
        reason.contains("wrong: there is no saboteur `put/thrice`, which is to be allowed"),
        "{reason}"
    );
}
