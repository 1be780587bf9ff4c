// Nothing can be dropped, it says, and a method is async.

use contrait::check::Model;
use contrait::{contract, contract_suite};

#[contract]
trait Store {
    async fn get(&self) -> u8;
}

#[derive(Clone, Debug)]
struct One;

impl Model for One {}

impl StoreModel for One {
    fn get(&mut self) -> u8 {
        1
    }
}

#[contract_suite(Store, model = |_| One, cancellation = none)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    async fn has_a_value(store: &impl Store) {
        assert_eq!(store.get().await, 1);
    }
}

fn main() {}
