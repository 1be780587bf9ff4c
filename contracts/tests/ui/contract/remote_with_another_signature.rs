// A copy of a trait is one.

use contrait::contract;

#[contract(remote = std::hash::Hasher)]
trait Hasher {
    fn write(&mut self, bytes: &str);
    fn finish(&self) -> u64;
}

fn main() {}
