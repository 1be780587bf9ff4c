// A suite is a path, and no text.

use contrait::{backend, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

impl Store for u8 {
    fn get(&self) -> u8 {
        *self
    }
}

#[contract_suite(Store)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }

    /// There is always the same value.
    #[case(needs(stability))]
    fn has_one_value(store: &dyn Store) {
        assert_eq!(store.get(), store.get());
    }
}

#[backend("suite")]
fn one() -> u8 {
    1
}

fn main() {}
