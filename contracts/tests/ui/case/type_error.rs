// An error of the user's own stays the user's own.

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
        let _value: u16 = store.get();
    }
}

fn main() {}
