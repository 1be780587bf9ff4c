// A subject outlives the function that makes it.

use contrait::{backend, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

impl Store for u8 {
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

    /// There is always the same value.
    #[case(needs(stability))]
    fn has_one_value(store: &dyn Store) {
        assert_eq!(store.get(), store.get());
    }
}

#[backend(suite)]
fn one(context: &contrait::Context) -> Borrowed<'_> {
    Borrowed(context)
}

struct Borrowed<'a>(&'a contrait::Context);

impl Store for Borrowed<'_> {
    fn get(&self) -> u8 {
        1
    }
}

fn main() {}
