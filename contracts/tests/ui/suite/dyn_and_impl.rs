// Handles are taken in one way.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
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
    #[case]
    fn has_one_value(store: &impl Store) {
        assert_eq!(store.get(), store.get());
    }
}

fn main() {}
