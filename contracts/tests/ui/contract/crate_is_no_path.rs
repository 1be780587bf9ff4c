// Contrait is found by a path.

use contrait::contract;

#[contract(crate = "contrait")]
trait Store {
    fn get(&self) -> u8;
}

fn main() {}
