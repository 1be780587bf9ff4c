// A suite is a module.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
fn suite() {}

fn main() {}
