//! How answers are compared is a function.

use contrait::contract;

#[contract]
trait Store {
    #[compare]
    fn get(&self, key: &str) -> Option<u32>;
}

fn main() {}
