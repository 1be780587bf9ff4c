//! A parameter is marked once.

use contrait::contract;

#[contract]
trait Store {
    fn get(&self, #[key] #[key] key: &str) -> Option<u32>;
}

fn main() {}
