// The network between client and server is a feature.

use behaviour::{Network, contract, contract_suite};

#[contract(crate = behaviour)]
pub trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store, crate = behaviour)]
pub mod suite {
    use super::*;

    /// It is there without a network.
    #[case]
    fn is_there(store: &dyn Store, network: &Network) {
        let _refused = network.refuse();
        assert_eq!(store.get(), 1);
    }
}

fn main() {}
