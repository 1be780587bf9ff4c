//! A model that knows nothing of the contract.

use contrait::check::Model;
use contrait::{contract, contract_suite};

#[contract]
trait Store: Send + Sync {
    async fn put(&self, value: u32);
}

#[contract]
trait Counter {
    fn add(&mut self, by: u32) -> u32;
}

#[derive(Clone, Debug)]
struct Count(u32);

impl Model for Count {}

impl Counter for Count {
    fn add(&mut self, by: u32) -> u32 {
        self.0 += by;
        self.0
    }
}

#[contract_suite(Store, model = |_| Count(0))]
mod suite {
    use super::*;

    /// It takes what it is given.
    #[case]
    async fn takes(store: &impl Store) {
        store.put(1).await;
    }
}

fn main() {}
