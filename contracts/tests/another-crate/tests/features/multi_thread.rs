// Worker threads are a feature.

use behaviour::{backend, contract, contract_suite};

#[contract(crate = behaviour)]
pub trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store, crate = behaviour)]
pub mod suite {
    use super::*;

    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

struct One;

impl Store for One {
    fn get(&self) -> u8 {
        1
    }
}

#[backend(suite, crate = behaviour, flavor = multi_thread)]
fn one() -> One {
    One
}

fn main() {}
