// Where the contract is not seen before the suite, the compiler has its say as well, after the remedy.

use contrait::{contract, contract_suite};

#[contract_suite(Store)]
mod suite {
    use super::*;

    /// There is a value.
    #[case]
    async fn has_a_value(store: &dyn Store) {
        assert_eq!(store.get().await, 1);
    }
}

#[contract]
trait Store: Send + Sync {
    async fn get(&self) -> u8;
}

fn main() {}
