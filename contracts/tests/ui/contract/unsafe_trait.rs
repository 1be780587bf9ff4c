// What no wrapper can promise.

use contrait::{backend, contract, contract_suite};

#[contract]
unsafe trait Store {
    fn get(&self) -> u8;
}

unsafe impl Store for u8 {
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
}

#[backend(suite)]
fn one() -> u8 {
    1
}

fn main() {}
