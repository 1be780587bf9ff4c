// An error is shown.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

struct Failure;

#[contract_suite(Store)]
mod suite {
    use super::{Failure, Store};

    /// There is a value.
    #[case]
    fn has_a_value(_store: &dyn Store) -> Result<(), Failure> {
        Err(Failure)
    }
}

fn main() {}
