//! Unpacks strings that Redis has compressed by LZF.

use super::Malformed;

/// What is to be unpacked: literal runs, and copies of what was unpacked before.
pub(super) fn unpack(packed: &[u8], length: usize) -> Result<Vec<u8>, Malformed> {
    // A run of at most 264 bytes takes three, so that a short input cannot ask for much memory.
    if length > packed.len().saturating_mul(264) {
        return Err(Malformed);
    }
    let mut bytes = Vec::with_capacity(length);
    let mut rest = packed.iter().copied();
    while let Some(control) = rest.next() {
        let control = usize::from(control);
        if control < 32 {
            let run: Vec<u8> = rest.by_ref().take(control + 1).collect();
            bytes.extend_from_slice(&run);
            continue;
        }
        let mut count = control >> 5;
        if count == 7 {
            count += usize::from(rest.next().ok_or(Malformed)?);
        }
        let low = usize::from(rest.next().ok_or(Malformed)?);
        let back = ((control & 31) << 8 | low) + 1;
        let start = bytes.len().checked_sub(back).ok_or(Malformed)?;
        // The copy may run into what it has just written.
        for at in start..start + count + 2 {
            bytes.push(bytes[at]);
        }
    }
    (bytes.len() == length).then_some(bytes).ok_or(Malformed)
}
