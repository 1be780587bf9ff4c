// A handle is that of the suite's trait.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
mod suite {
    /// There is a value.
    #[case]
    fn has_a_value(store: &dyn std::fmt::Debug) {
        println!("{store:?}");
    }
}

fn main() {}
