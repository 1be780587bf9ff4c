// A word for what a dropped call may have done, that means nothing.

use contrait::check::Model;
use contrait::{contract, contract_suite};

#[contract]
trait Store: Send + Sync {
    fn get(&self) -> u8;
}

#[derive(Clone, Debug)]
struct One;

impl Model for One {}

impl Store for One {
    fn get(&self) -> u8 {
        1
    }
}

#[contract_suite(Store, model = |_| One, cancellation = sometimes)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
