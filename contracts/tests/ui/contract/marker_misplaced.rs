// Markers that go elsewhere.

use contrait::contract;

#[contract]
trait Store {
    #[key]
    fn get(&self, #[read] key: u8) -> u8;
}

fn main() {}
