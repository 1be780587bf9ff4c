// A network is shared.

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
    fn has_a_value(store: &dyn Store, _: &mut contrait::Network) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
