// A suite has its cases in it.

use contrait::{contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

#[contract_suite(Store)]
#[path = "suite/cases.rs"]
mod suite;

fn main() {}
