// A group needs no attribute.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    #[case]
    mod group {
        use super::super::Store;

        /// There is a value.
        #[case]
        fn has_a_value(store: &dyn Store) {
            assert_eq!(store.get(), 1);
        }
    }
}

fn main() {}
