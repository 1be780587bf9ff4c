//! HyperLogLog: how many different elements were added, roughly, in twelve kilobytes.
//!
//! The hash, the registers and the estimator are those of Redis, so that the estimates are the
//! same. The registers are always kept in Redis' dense form.

const REGISTERS: usize = 1 << 14;
const BITS: usize = 6;
const HEADER: usize = 16;
const DENSE: usize = HEADER + REGISTERS * BITS / 8;

/// The registers of a HyperLogLog.
#[derive(Debug, Clone)]
pub(crate) struct HyperLogLog(Vec<u8>);

impl Default for HyperLogLog {
    fn default() -> HyperLogLog {
        HyperLogLog(vec![0; REGISTERS])
    }
}

impl HyperLogLog {
    /// Reads the string that Redis keeps one in; none when it is another string.
    pub(crate) fn read(bytes: &[u8]) -> Option<HyperLogLog> {
        if bytes.len() < HEADER || !bytes.starts_with(b"HYLL") || bytes[4] > 1 {
            return None;
        }
        if bytes[4] == 1 {
            return HyperLogLog::read_sparse(&bytes[HEADER..]);
        }
        if bytes.len() != DENSE {
            return None;
        }
        let packed = &bytes[HEADER..];
        let register = |index: usize| {
            let (byte, shift) = (index * BITS / 8, index * BITS & 7);
            let next = packed.get(byte + 1).copied().unwrap_or_default();
            (u16::from_le_bytes([packed[byte], next]) >> shift & 63) as u8
        };
        Some(HyperLogLog((0..REGISTERS).map(register).collect()))
    }

    /// Reads runs of equal registers.
    fn read_sparse(mut runs: &[u8]) -> Option<HyperLogLog> {
        let mut registers = Vec::with_capacity(REGISTERS);
        while let Some((&first, rest)) = runs.split_first() {
            runs = rest;
            let (value, length) = match first >> 6 {
                0 => (0, usize::from(first & 63) + 1),
                1 => {
                    let (&second, rest) = runs.split_first()?;
                    runs = rest;
                    (0, (usize::from(first & 63) << 8 | usize::from(second)) + 1)
                }
                _ => ((first >> 2 & 31) + 1, usize::from(first & 3) + 1),
            };
            registers.resize(registers.len() + length, value);
        }
        (registers.len() == REGISTERS).then_some(HyperLogLog(registers))
    }

    /// The string Redis would keep it in.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = vec![0; DENSE + 1];
        bytes[..4].copy_from_slice(b"HYLL");
        // The cached estimate is marked as out of date.
        bytes[15] = 0x80;
        for (index, value) in self.0.iter().enumerate() {
            let (byte, shift) = (HEADER + index * BITS / 8, index * BITS & 7);
            let spread = (u16::from(*value) << shift).to_le_bytes();
            bytes[byte] |= spread[0];
            bytes[byte + 1] |= spread[1];
        }
        bytes.truncate(DENSE);
        bytes
    }

    /// Adds an element; true when that changed a register.
    pub(crate) fn add(&mut self, element: &[u8]) -> bool {
        let hash = murmur64a(element);
        let index = (hash & (REGISTERS as u64 - 1)) as usize;
        let rank = ((hash >> 14 | 1 << 50).trailing_zeros() + 1) as u8;
        let changed = self.0[index] < rank;
        if changed {
            self.0[index] = rank;
        }
        changed
    }

    pub(crate) fn merge(&mut self, other: &HyperLogLog) {
        for (mine, other) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*other);
        }
    }

    /// The estimate, after Otmar Ertl's improved estimator.
    pub(crate) fn count(&self) -> u64 {
        let mut histogram = [0u32; 64];
        for value in &self.0 {
            histogram[usize::from(*value & 63)] += 1;
        }
        let m = REGISTERS as f64;
        let q = 50;
        let mut z = m * tau((m - f64::from(histogram[q + 1])) / m);
        for count in histogram[1..=q].iter().rev() {
            z = (z + f64::from(*count)) * 0.5;
        }
        z += m * sigma(f64::from(histogram[0]) / m);
        (0.721_347_520_444_481_7 * m * m / z).round_ties_even() as u64
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let mut y = 1.0;
    let mut z = 1.0 - x;
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if before == z {
            return z / 3.0;
        }
    }
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let mut y = 1.0;
    let mut z = x;
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if before == z {
            return z;
        }
    }
}

/// `MurmurHash64A` with the seed Redis has.
fn murmur64a(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = 0xadc8_3b19_u64 ^ (bytes.len() as u64).wrapping_mul(M);
    let mut words = bytes.chunks_exact(8);
    for word in &mut words {
        let mut k = u64::from_le_bytes(word.try_into().unwrap_or_default());
        k = k.wrapping_mul(M);
        k ^= k >> 47;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    let tail = words.remainder();
    if !tail.is_empty() {
        let word = tail
            .iter()
            .rev()
            .fold(0u64, |word, byte| word << 8 | u64::from(*byte));
        hash = (hash ^ word).wrapping_mul(M);
    }
    hash ^= hash >> 47;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 47
}
