// A remote trait is there.

use contrait::contract;

#[contract(remote = std::hash::Hashed)]
trait Hashed {
    fn finish(&self) -> u64;
}

fn main() {}
