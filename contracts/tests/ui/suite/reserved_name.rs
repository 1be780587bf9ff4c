// A name that stands beside the tests.

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
    fn conformance(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
