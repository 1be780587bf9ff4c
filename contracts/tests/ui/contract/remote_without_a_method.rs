// A copy of a trait has all that is required.

use contrait::contract;

#[contract(remote = std::hash::Hasher)]
trait Hasher {
    fn write(&mut self, bytes: &[u8]);
}

fn main() {}
