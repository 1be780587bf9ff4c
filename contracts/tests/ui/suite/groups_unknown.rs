use contrait::{backend, contract, contract_suite};

#[contract]
trait Store {
    fn get(&self) -> u8;
}

impl Store for u8 {
    fn get(&self) -> u8 {
        *self
    }
}

mod keys {}

#[contract_suite(Store, groups(keys::suite))]
mod suite {}

#[backend(suite)]
fn one() -> u8 {
    1
}

fn main() {}
