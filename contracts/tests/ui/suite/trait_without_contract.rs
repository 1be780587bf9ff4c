// A suite is that of a trait under contract.

use contrait::contract_suite;

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
}

fn main() {}
