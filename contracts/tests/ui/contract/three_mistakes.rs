// All mistakes come at once.

use contrait::contract;

#[contract(remot = std::hash::Hasher)]
trait Hasher: Sized {
    unsafe fn write(&mut self, bytes: &[u8]);
    fn all(&self) -> Vec<Self>;
}

fn main() {}
