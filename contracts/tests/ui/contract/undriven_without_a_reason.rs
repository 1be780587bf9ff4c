//! Who leaves a method out says why.

use contrait::contract;

#[contract]
trait Store {
    #[undriven]
    fn get(&self, key: &str) -> Option<u32>;
}

fn main() {}
