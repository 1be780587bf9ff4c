// All mistakes come at once, and what stands on the suite has none.

use contrait::{backend, contract, contract_suite, contract_tests};

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
pub mod suite {
    use super::Store;

    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }

    /// There is always the same value.
    #[case(need(values))]
    fn has_one_value(store: &dyn Store) {
        assert_eq!(store.get(), store.get());
    }

    mod group {
        /// There is a value.
        #[case]
        fn has_a_value(store: u8) {
            assert_eq!(store, 1);
        }
    }
}

#[backend(suite, lacks(values = "there are none"))]
pub fn one() -> u8 {
    1
}

fn run() {
    one::conformance().run_all();
}

contract_tests!(self::one as again);

fn main() {}
