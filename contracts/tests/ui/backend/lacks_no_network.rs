// A capability that nobody named: a parameter needs it.

use contrait::{Network, backend, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

impl Store for u8 {
    fn get(&self) -> u8 {
        *self
    }
}

#[contract_suite(Store)]
mod suite {
    use super::{Network, Store};

    /// There is a value, whatever becomes of a connection.
    #[case]
    fn outlives_a_reset(store: &dyn Store, network: &Network) {
        network.reset();
        assert_eq!(store.get(), 1);
    }
}

#[backend(suite, lacks(networks = "it is in this process"))]
fn one() -> u8 {
    1
}

fn main() {}
