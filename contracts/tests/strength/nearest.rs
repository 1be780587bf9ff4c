//! A failure of lockstep names the saboteur that behaves like the implementation.

use contrait::{Context, backend};

use crate::stock::InMemory;
use crate::strong::suite;

#[backend(suite, clock = virtual, tests = false)]
fn twice(context: &Context) -> InMemory {
    let mut stock = InMemory::new(context);
    stock.twice = true;
    stock
}

#[test]
fn the_nearest_saboteur_is_named() {
    let record = twice::conformance().run("generated::lockstep");
    let reason = record.reason.expect("it differs from the model");
    let nearest = reason.lines().find(|line| line.starts_with("as if "));
    let nearest = nearest.unwrap_or_else(|| panic!("none is named: {reason}"));
    assert!(nearest.contains("`put` happens twice"), "{reason}");
}
