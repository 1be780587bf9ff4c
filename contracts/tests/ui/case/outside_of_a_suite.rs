// A case stands in a suite.

use contrait::{case, contract};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

/// There is a value.
#[case]
fn has_a_value(store: &dyn Store) {
    assert_eq!(store.get(), 1);
}

fn main() {}
