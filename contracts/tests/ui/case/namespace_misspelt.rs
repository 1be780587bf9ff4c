// A misspelt namespace.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::*;

    /// There is a value.
    #[case]
    fn has_a_value(#[namespce("a")] store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
