// A case proves something of the contract.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    /// One is one.
    #[case]
    fn is_one(clock: &contrait::Clock) {
        assert!(!clock.is_virtual());
    }
}

fn main() {}
