//! A list of types with none in it.

use contrait::contract;

#[contract(arguments())]
trait Store {
    fn get(&self, key: &str) -> Option<u32>;
}

fn main() {}
