//! HyperLogLog, in the very bytes Redis keeps it in: what GET returns of one is the same, and so
//! is every estimate.

/// How many registers there are.
pub(crate) const REGISTERS: usize = 16_384;
/// Bits of a hash that are not the index of a register.
const RUN_BITS: usize = 50;
const HEADER: usize = 16;
const DENSE: usize = HEADER + REGISTERS * 6 / 8;
/// The greatest value a register has in the sparse form.
const SPARSE_MOST: u8 = 32;

/// The registers of a HyperLogLog, and how its string has them.
#[derive(Debug, Clone)]
pub(crate) struct HyperLogLog {
    pub(crate) registers: Vec<u8>,
    pub(crate) dense: bool,
}

/// Why a string is no HyperLogLog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invalid {
    NotOne,
    Corrupted,
}

impl HyperLogLog {
    pub(crate) fn empty() -> HyperLogLog {
        HyperLogLog {
            registers: vec![0; REGISTERS],
            dense: false,
        }
    }

    /// Whether a string begins as one, which is all that most commands look at.
    pub(crate) fn check(bytes: &[u8]) -> Result<(), Invalid> {
        let encoding = bytes.get(4).filter(|_| bytes.len() >= HEADER);
        match encoding {
            Some(0) if bytes.starts_with(b"HYLL") && bytes.len() == DENSE => Ok(()),
            Some(1) if bytes.starts_with(b"HYLL") => Ok(()),
            _ => Err(Invalid::NotOne),
        }
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<HyperLogLog, Invalid> {
        HyperLogLog::check(bytes)?;
        let dense = bytes[4] == 0;
        let registers = if dense {
            unpack(&bytes[HEADER..])
        } else {
            let mut registers = Vec::with_capacity(REGISTERS);
            for (value, length) in runs(&bytes[HEADER..]) {
                if registers.len() + length > REGISTERS {
                    return Err(Invalid::Corrupted);
                }
                registers.resize(registers.len() + length, value);
            }
            registers
        };
        if registers.len() == REGISTERS {
            Ok(HyperLogLog { registers, dense })
        } else {
            Err(Invalid::Corrupted)
        }
    }

    /// Counts an element; true when that changed a register.
    pub(crate) fn add(&mut self, element: &[u8]) -> bool {
        let hash = murmur(element);
        let index = usize::try_from(hash).unwrap_or_default() % REGISTERS;
        let run = (hash >> 14 | 1 << RUN_BITS).trailing_zeros() + 1;
        let run = u8::try_from(run).unwrap_or(u8::MAX);
        let register = &mut self.registers[index];
        let grows = *register < run;
        *register = run.max(*register);
        grows
    }

    pub(crate) fn merge(&mut self, other: &HyperLogLog) {
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
        self.dense |= other.dense;
    }

    /// Its string; `head` is the estimate as that has it, `most` the longest sparse form.
    pub(crate) fn to_bytes(&self, head: u64, most: usize) -> Vec<u8> {
        let mut bytes = b"HYLL\x01\0\0\0".to_vec();
        bytes.extend(head.to_le_bytes());
        let small = self.registers.iter().all(|value| *value <= SPARSE_MOST);
        if !self.dense && small {
            let sparse = pack_sparse(&self.registers);
            if sparse.len() <= most {
                bytes.extend(sparse);
                return bytes;
            }
        }
        bytes[4] = 0;
        bytes.extend(pack(&self.registers));
        bytes
    }

    /// The estimate, by Ertl's method as Redis computes it.
    pub(crate) fn count(&self) -> u64 {
        let mut histogram = [0u32; 64];
        for value in &self.registers {
            histogram[usize::from(*value & 63)] += 1;
        }
        let m = REGISTERS as f64;
        let mut z = m * tau((m - f64::from(histogram[RUN_BITS + 1])) / m);
        for count in histogram[1..=RUN_BITS].iter().rev() {
            z += f64::from(*count);
            z *= 0.5;
        }
        z += m * sigma(f64::from(histogram[0]) / m);
        (0.721_347_520_444_481_7 * m * m / z).round() as u64
    }
}

/// The bit of a string's head that says that its estimate is out of date.
pub(crate) const STALE: u64 = 1 << 63;

/// The estimate a string has in its head.
pub(crate) fn head(bytes: &[u8]) -> u64 {
    let number = bytes.get(8..16).and_then(|head| head.try_into().ok());
    number.map_or(0, u64::from_le_bytes)
}

fn sigma(mut x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut y, mut z) = (1.0, x);
    loop {
        let before = z;
        x *= x;
        z += x * y;
        y += y;
        if before == z {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        let before = z;
        x = x.sqrt();
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if before == z {
            return z / 3.0;
        }
    }
}

/// Registers of six bits, the lowest first.
fn unpack(bytes: &[u8]) -> Vec<u8> {
    (0..REGISTERS)
        .map(|index| {
            let (at, shift) = (index * 6 / 8, index * 6 % 8);
            let low = u16::from(bytes[at]);
            let high = bytes.get(at + 1).map_or(0, |byte| u16::from(*byte));
            ((low | high << 8) >> shift & 63) as u8
        })
        .collect()
}

fn pack(registers: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0u8; DENSE - HEADER];
    for (index, value) in registers.iter().enumerate() {
        let (at, shift) = (index * 6 / 8, index * 6 % 8);
        let wide = u16::from(*value) << shift;
        bytes[at] |= (wide & 0xff) as u8;
        if let Some(next) = bytes.get_mut(at + 1) {
            *next |= (wide >> 8) as u8;
        }
    }
    bytes
}

/// The runs of the sparse form, each a value and a length.
pub(crate) fn runs(bytes: &[u8]) -> impl Iterator<Item = (u8, usize)> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (run, tail) = match rest {
            [] => return None,
            [byte @ 0..64, tail @ ..] => ((0, usize::from(*byte) + 1), tail),
            [high @ 64..128, low, tail @ ..] => {
                let length = usize::from(high & 63) << 8 | usize::from(*low);
                ((0, length + 1), tail)
            }
            [64..128] => ((0, REGISTERS + 1), &[][..]),
            [byte, tail @ ..] => ((((byte >> 2) & 31) + 1, usize::from(byte & 3) + 1), tail),
        };
        rest = tail;
        Some(run)
    })
}

fn pack_sparse(registers: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in registers.chunk_by(|a, b| a == b) {
        match run[0] {
            0 if run.len() > 64 => {
                let length = run.len() - 1;
                bytes.extend([0x40 | (length >> 8) as u8, (length & 0xff) as u8]);
            }
            0 => bytes.push((run.len() - 1) as u8),
            value => {
                for part in run.chunks(4) {
                    bytes.push(0x80 | (value - 1) << 2 | (part.len() - 1) as u8);
                }
            }
        }
    }
    bytes
}

/// MurmurHash64A with the seed Redis uses.
fn murmur(bytes: &[u8]) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let mut hash = 0xadc8_3b19 ^ (bytes.len() as u64).wrapping_mul(M);
    let (words, tail) = bytes.as_chunks::<8>();
    for word in words {
        let mut k = u64::from_le_bytes(*word).wrapping_mul(M);
        k ^= k >> 47;
        hash = (hash ^ k.wrapping_mul(M)).wrapping_mul(M);
    }
    if !tail.is_empty() {
        let mut last = [0u8; 8];
        last[..tail.len()].copy_from_slice(tail);
        hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(M);
    }
    hash ^= hash >> 47;
    hash = hash.wrapping_mul(M);
    hash ^ hash >> 47
}
