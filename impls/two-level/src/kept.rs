//! How an entry is kept near: its version before its value, in one value of the near level.

use bytes::Bytes;
use contrait::cache::{Version, Versioned};

/// The bytes to keep; `None` for a version of a length that no store gives.
pub(crate) fn write(entry: &Versioned) -> Option<Vec<u8>> {
    let version = entry.version.as_bytes();
    let length = u8::try_from(version.len()).ok()?;
    Some([&[length], version, &entry.value].concat())
}

/// The entry that was kept; `None` for bytes that somebody else has stored.
pub(crate) fn read(mut kept: Bytes) -> Option<Versioned> {
    let length = usize::from(*kept.first()?);
    if kept.len() <= length {
        return None;
    }
    let value = kept.split_off(1 + length);
    // A copy, or the version would keep the value's memory.
    let version = Version::new(Bytes::copy_from_slice(&kept[1..]));
    Some(Versioned { value, version })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_and_others_are_none() {
        for (version, value) in [(&b"v1"[..], &b"value"[..]), (b"", b""), (&[7; 255], b"\0")] {
            let entry = Versioned {
                value: Bytes::from_static(value),
                version: Version::new(version),
            };
            assert_eq!(read(write(&entry).unwrap().into()), Some(entry));
        }
        assert_eq!(read(Bytes::new()), None);
        assert_eq!(read(Bytes::from_static(b"\x05four")), None);
        let entry = Versioned {
            value: Bytes::new(),
            version: Version::new(vec![7; 256]),
        };
        assert_eq!(write(&entry), None);
    }
}
