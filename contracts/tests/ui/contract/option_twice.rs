// An option stands once.

use contrait::contract;

#[contract(crate = contrait, crate = contrait)]
trait Store {
    fn get(&self) -> u8;
}

fn main() {}
