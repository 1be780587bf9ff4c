//! Suites that cannot be judged say why, and what to do.

use contrait::{Context, backend, contract, contract_suite};

use crate::stock::{InMemory, Stock};
use crate::strong;

#[contract]
pub(crate) trait Doubled {
    fn doubled(&self, number: u32) -> u32;
}

impl Doubled for u32 {
    fn doubled(&self, number: u32) -> u32 {
        self * number
    }
}

#[contract_suite(Doubled)]
mod generic {
    use super::*;

    /// Twice as much.
    #[case]
    fn doubles(doubled: &impl Doubled) {
        assert_eq!(doubled.doubled(3), 6);
    }
}

#[backend(generic, tests = false, reference)]
fn two() -> u32 {
    2
}

#[contract_suite(Stock)]
mod wrong {
    use super::*;

    /// There is always something there.
    #[case]
    async fn never_empty(stock: &dyn Stock) {
        assert!(stock.count("nut").await.is_ok());
    }
}

#[backend(wrong, clock = virtual, tests = false, reference)]
fn empty(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[backend(strong::suite, tests = false, reference)]
fn in_real_time(context: &Context) -> InMemory {
    InMemory::new(context)
}

#[backend(strong::suite, clock = virtual, tests = false)]
fn no_reference(context: &Context) -> InMemory {
    InMemory::new(context)
}

const STRENGTH: &str = "strength::suite_kills_every_saboteur";

#[test]
fn handles_that_are_no_objects() {
    let reason = two::conformance().run(STRENGTH).reason.expect("refused");
    assert!(reason.contains("have to take `&dyn` handles"), "{reason}");
}

#[test]
fn a_suite_that_fails_on_the_reference() {
    let reason = empty::conformance().run(STRENGTH).reason.expect("refused");
    assert!(
        reason.starts_with("`never_empty` fails on the backend as it is"),
        "{reason}"
    );
}

#[test]
fn calls_that_are_awaited_in_real_time() {
    let reason = in_real_time::conformance().run(STRENGTH).reason;
    let reason = reason.expect("refused");
    assert!(reason.contains("`clock = virtual`"), "{reason}");
}

#[test]
fn a_backend_that_is_no_reference() {
    use contrait::check::strength::Strength;
    let refused = Strength::default().of(&no_reference::conformance());
    let reason = refused.expect_err("refused");
    assert!(
        reason.contains("declare it with `#[backend(…, reference)]`"),
        "{reason}"
    );
}
