//! Answers that no case sees are gaps.

use contrait::check::coverage::Coverage;
use contrait::{Context, backend, contract_suite};

use crate::stock::{InMemory, Stock, StockError};

#[contract_suite(Stock)]
mod suite {
    use super::*;

    /// What was put is there, and nothing else.
    #[case]
    async fn put_then_count(stock: &dyn Stock) {
        stock.put("nut", 2).await;
        assert_eq!(stock.count("nut").await, Ok(2));
        assert_eq!(stock.count("bolt").await, Err(StockError::Unknown));
        assert_eq!(stock.take("nut", 3).await, Err(StockError::TooFew));
        assert!(stock.rename("nut", "bolt").await);
    }
}

#[backend(suite, clock = virtual, tests = false, coverage)]
fn in_memory(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[backend(
    suite,
    clock = virtual,
    tests = false,
    coverage,
    gaps(
        "clear _" = "is for warehouses",
        "rename false" = "nobody asks",
        "rename true" = "is seen",
        "rename maybe" = "is no answer"
    )
)]
fn with_gaps(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[test]
fn gaps_are_found() {
    let coverage = Coverage::of(&in_memory::conformance()).unwrap();
    let gaps: Vec<String> = coverage.gaps().into_iter().map(|gap| gap.name).collect();
    assert_eq!(
        gaps,
        ["take Err(Unknown)", "clear _", "rename false"],
        "{coverage}"
    );
    assert!(!coverage.is_complete());
    let text = coverage.to_string();
    assert!(text.contains("count   Err(Unknown) 1, Ok 1"), "{text}");
    assert!(text.contains("rename  false NEVER, true 1"), "{text}");
}

#[test]
fn the_test_fails_with_the_gaps() {
    let record = in_memory::conformance().run("coverage::suite_sees_every_answer");
    let report = record.to_string();
    assert!(!report.lines().any(|line| line.ends_with(' ')), "{report}");
    let reason = record.reason.expect("it fails");
    assert!(reason.contains("missing: clear _"), "{reason}");
}

#[test]
fn gaps_are_allowed_by_name_and_for_a_reason() {
    let record = with_gaps::conformance().run("coverage::suite_sees_every_answer");
    let reason = record.reason.expect("one gap is left");
    assert!(reason.contains("_ never (is for warehouses)"), "{reason}");
    assert!(
        reason.contains("missing: take Err(Unknown)\nwrong: "),
        "{reason}"
    );
    assert!(
        reason.contains("wrong: `rename true` is seen: take it out of `gaps(…)`"),
        "{reason}"
    );
    assert!(
        reason.contains("wrong: there is no answer `rename maybe`"),
        "{reason}"
    );
}
