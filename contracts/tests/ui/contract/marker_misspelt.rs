// Misspelt markers.

use contrait::contract;

#[contract]
trait Store {
    #[raed]
    fn get(&self, #[ky] key: u8) -> u8;
}

fn main() {}
