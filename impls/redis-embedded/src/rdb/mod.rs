//! Values as DUMP gives them and RESTORE takes them: the form that Redis has in its files.
//!
//! What this writes, a real server of the same age reads, and the other way round. It writes no
//! compressed strings, which is allowed, and reads them. What only servers before 7.0 write, the
//! ziplists, it does not read.

mod crc64;
mod input;
mod listpack;
mod lzf;
mod output;
mod read;
mod stream;
mod write;

use crate::db::{List, Value};
use crate::server::config::Config;
use input::Input;

/// What is no value, or not of a version that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

/// How many bytes follow a body: its version and its checksum.
const FOOTER: usize = 10;

/// The payload of a value.
pub(crate) fn dump(value: &Value, version: u16) -> Vec<u8> {
    seal(write::value(value, version), version)
}

/// Whether a list has room in a listpack of 8 KiB, in which later versions keep short ones.
pub(crate) fn fits_listpack(list: &List) -> bool {
    const MOST: usize = 8 * 1024;
    // Packing takes half of the bytes at the best, so that longer lists need not be packed to know.
    list.len() <= MOST && list.size() <= 2 * MOST && listpack::write(list.iter()).len() <= MOST
}

/// A body with its version and checksum.
pub(crate) fn seal(mut body: Vec<u8>, version: u16) -> Vec<u8> {
    body.extend_from_slice(&version.to_le_bytes());
    let sum = crc64::of(&body);
    body.extend_from_slice(&sum.to_le_bytes());
    body
}

/// The body of a payload, if its checksum is right and its version not newer than this one.
pub(crate) fn open(payload: &[u8], version: u16) -> Result<&[u8], Malformed> {
    let split = payload.len().checked_sub(FOOTER).ok_or(Malformed)?;
    let (body, footer) = payload.split_at(split);
    let (own, sum) = footer.split_at(2);
    let own = own
        .try_into()
        .map(u16::from_le_bytes)
        .map_err(|_| Malformed)?;
    let sum = sum
        .try_into()
        .map(u64::from_le_bytes)
        .map_err(|_| Malformed)?;
    // Redis takes a sum of zero for one that was left out.
    let right = sum == 0 || sum == crc64::of(&payload[..split + 2]);
    (own <= version && right).then_some(body).ok_or(Malformed)
}

/// The value of a body.
pub(crate) fn load(body: &[u8], config: &Config) -> Result<Value, Malformed> {
    let mut input = Input::new(body);
    let value = read::value(&mut input, config)?;
    if value.is_empty() {
        return Err(Malformed);
    }
    Ok(value)
}

/// The code of the libraries in a payload of FUNCTION DUMP.
#[cfg(feature = "scripts")]
pub(crate) fn libraries(body: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    const FUNCTION: u8 = 245;
    let mut input = Input::new(body);
    let mut found = Vec::new();
    while !input.is_empty() {
        if input.byte()? != FUNCTION {
            return Err(Malformed);
        }
        found.push(input.string()?);
    }
    Ok(found)
}

/// The body that [`libraries`] reads.
#[cfg(feature = "scripts")]
pub(crate) fn of_libraries<'a>(code: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut output = output::Output::default();
    for code in code {
        output.byte(245);
        output.string(code);
    }
    output.bytes
}
