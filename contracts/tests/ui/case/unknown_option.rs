// An option by a name that is not quite its own.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case(need(values))]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
