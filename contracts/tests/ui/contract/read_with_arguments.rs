//! A marker that only is there or not.

use contrait::contract;

#[contract]
trait Store {
    #[read(always)]
    fn get(&self, key: &str) -> Option<u32>;
}

fn main() {}
