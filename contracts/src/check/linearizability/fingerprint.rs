//! Numbers of 128 bits that stand for states and for sets of operations.
//!
//! The depth-first engine remembers every configuration that it has seen by one such number: the number of the set of
//! operations that have been applied, which changes by one exclusive or an operation (Zobrist), mixed with the number of
//! the state. They are the same in every process and on every machine, so that a check can be repeated.

use std::hash::{Hash, Hasher};

const A: u64 = 0x9e37_79b9_7f4a_7c15;
const B: u64 = 0xd1b5_4a32_d192_ed03;

/// The number of a value, by its `Hash`.
pub(super) fn of<T: Hash + ?Sized>(value: &T) -> u128 {
    let mut hasher = Wide { a: A, b: B };
    value.hash(&mut hasher);
    join(hasher.a, hasher.b)
}

/// The number of the operation at `index`, to be joined to those of others by exclusive or.
pub(super) fn of_index(index: u32) -> u128 {
    let seed = u64::from(index).wrapping_mul(A) ^ B;
    join(scramble(seed), scramble(seed.rotate_left(32) ^ A))
}

/// The number of a configuration: what has been applied, and the state that it led to.
pub(super) fn of_both(applied: u128, state: u128) -> u128 {
    // A model's own numbers may be as plain as a counter.
    applied ^ join(state as u64, (state >> 64) as u64)
}

/// A finalizer with full avalanche (splitmix64's).
pub(super) fn scramble(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

fn join(a: u64, b: u64) -> u128 {
    u128::from(scramble(a)) << 64 | u128::from(scramble(b ^ a.rotate_left(17)))
}

/// Two lanes of folded multiplication, each with a constant of its own.
struct Wide {
    a: u64,
    b: u64,
}

fn fold(x: u64, y: u64) -> u64 {
    let product = u128::from(x) * u128::from(y);
    (product as u64) ^ ((product >> 64) as u64)
}

impl Hasher for Wide {
    fn write_u64(&mut self, word: u64) {
        // Xor before the multiplication can meet zero; the addition of the rotated lane keeps what came before.
        self.a = fold(self.a ^ word, A).wrapping_add(self.a.rotate_left(23));
        self.b = fold(self.b.wrapping_add(word), B) ^ self.b.rotate_left(41);
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        // Or `[1]` and `[1, 0]` would be one.
        self.write_u64(bytes.len() as u64 ^ A);
    }

    fn write_u8(&mut self, i: u8) {
        self.write_u64(u64::from(i));
    }

    fn write_u16(&mut self, i: u16) {
        self.write_u64(u64::from(i));
    }

    fn write_u32(&mut self, i: u32) {
        self.write_u64(u64::from(i));
    }

    fn write_u128(&mut self, i: u128) {
        self.write_u64(i as u64);
        self.write_u64((i >> 64) as u64);
    }

    // Platforms differ in its width.
    fn write_usize(&mut self, i: usize) {
        self.write_u64(i as u64);
    }

    fn finish(&self) -> u64 {
        self.a ^ self.b
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn numbers_differ_in_either_half() {
        let mut high = HashSet::new();
        let mut low = HashSet::new();
        for i in 0..200_000_u64 {
            for number in [of(&i), of(&(i, i)), of_index(i as u32)] {
                assert!(high.insert((number >> 64) as u64));
                assert!(low.insert(number as u64));
            }
        }
    }

    #[test]
    fn a_number_is_the_same_in_every_process() {
        assert_eq!(of("contract"), FIXED);
    }

    const FIXED: u128 = 159_205_610_223_265_465_789_214_559_754_627_490_743;
}
