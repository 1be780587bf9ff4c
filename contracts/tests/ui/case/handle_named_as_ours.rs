// A contract with the name of something that contrait has, without its `dyn`.

use contrait::{contract, contract_suite};

#[contract]
trait Network {
    fn get(&self) -> u8;
}

#[contract_suite(Network)]
mod suite {
    use super::Network;

    /// There is a value.
    #[case]
    fn has_a_value(network: &Network) {
        assert_eq!(network.get(), 1);
    }
}

fn main() {}
