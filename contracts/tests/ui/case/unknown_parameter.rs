// A parameter that nobody can give.

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
    fn has_a_value(store: &dyn Store, times: usize) {
        assert_eq!(store.get(), times as u8);
    }
}

fn main() {}
