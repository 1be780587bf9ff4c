// A case is a Rust function.

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
    extern "C" fn has_a_value(_store: &dyn Store) {}
}

fn main() {}
