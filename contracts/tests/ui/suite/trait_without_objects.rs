// A trait that cannot be a trait object.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn put<T>(&self, value: T) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.put(()), 1);
    }
}

fn main() {}
