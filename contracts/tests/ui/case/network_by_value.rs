// A network that the case would own.

use contrait::{Network, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::{Network, Store};

    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn Store, network: Network) {
        network.reset();
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
