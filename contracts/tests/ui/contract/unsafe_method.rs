// What no wrapper can call. The suite and the backend are right, and not complained about.

use contrait::{backend, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
    unsafe fn forget(&self);
}

impl Store for u8 {
    fn get(&self) -> u8 {
        *self
    }
    unsafe fn forget(&self) {}
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
