//! For tables whose keys are hashes already.

use std::hash::{BuildHasherDefault, Hasher};

/// A `BuildHasher` that hashes an integer to itself.
pub(super) type Identity = BuildHasherDefault<Itself>;

#[derive(Default)]
pub(super) struct Itself(u64);

impl Hasher for Itself {
    fn write_u64(&mut self, i: u64) {
        self.0 = i;
    }

    fn write_u128(&mut self, i: u128) {
        self.0 = i as u64;
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only integers are keys")
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
