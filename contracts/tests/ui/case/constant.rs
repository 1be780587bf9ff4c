// A case runs at run time.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    use super::Store;

    /// There is a value.
    #[case]
    const fn has_a_value(_store: &dyn Store) {}
}

fn main() {}
