//! A model that is not said.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn put(&mut self);
}

#[contract_suite(Store, model)]
mod suite {
    use super::*;

    /// It takes what it is given.
    #[case]
    fn takes(store: &mut dyn Store) {
        store.put();
    }
}

fn main() {}
