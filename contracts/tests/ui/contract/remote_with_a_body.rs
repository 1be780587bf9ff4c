// A copy of a trait has signatures alone.

use contrait::contract;

#[contract(remote = std::hash::Hasher)]
trait Hasher {
    fn write(&mut self, bytes: &[u8]);
    fn finish(&self) -> u64 {
        0
    }
}

fn is_still_a_trait(hasher: &mut dyn Hasher) -> u64 {
    hasher.finish()
}

fn main() {}
