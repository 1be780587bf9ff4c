//! How arguments and outcomes look in the log of operations.
//!
//! A contract binds no type to `Debug`, so the best way to show a value is chosen where its type is known, by which
//! of three traits a method call finds first: bytes as text, then `Debug`, then the name of the type. The call is
//! `(&&&Show(&value)).show()`: each `&` that is left when a trait applies ranks it higher.

use std::any::type_name;
use std::fmt::{self, Write};

/// Values are cut here, so that a megabyte in an argument is neither formatted nor kept.
const LIMIT: usize = 240;

/// A value that is to be shown.
pub struct Show<'a, T: ?Sized>(pub &'a T);

/// Bytes, shown as a byte string.
pub trait ShowBytes {
    /// The text for the log.
    fn show(&self) -> String;
}

/// Anything that is `Debug`.
pub trait ShowDebug {
    /// The text for the log.
    fn show(&self) -> String;
}

/// Anything else, shown by its type.
pub trait ShowOpaque {
    /// The text for the log.
    fn show(&self) -> String;
}

impl ShowBytes for &&Show<'_, &[u8]> {
    fn show(&self) -> String {
        bytes(self.0)
    }
}

impl ShowBytes for &&Show<'_, Vec<u8>> {
    fn show(&self) -> String {
        bytes(self.0)
    }
}

impl<T: fmt::Debug + ?Sized> ShowDebug for &Show<'_, T> {
    fn show(&self) -> String {
        let mut cut = Cut {
            text: String::new(),
        };
        let whole = write!(cut, "{:?}", self.0).is_ok();
        if !whole {
            cut.text.push('…');
        }
        cut.text
    }
}

impl<T: ?Sized> ShowOpaque for Show<'_, T> {
    fn show(&self) -> String {
        format!("<{}>", type_name::<T>())
    }
}

fn bytes(bytes: &[u8]) -> String {
    if bytes.len() <= LIMIT {
        return format!("b\"{}\"", bytes.escape_ascii());
    }
    format!(
        "b\"{}\"… ({} bytes)",
        bytes[..32].escape_ascii(),
        bytes.len()
    )
}

/// A writer that refuses what goes past the limit, which ends the formatting as well.
struct Cut {
    text: String,
}

impl Write for Cut {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = LIMIT - self.text.len();
        if part.len() <= room {
            self.text.push_str(part);
            return Ok(());
        }
        let end = (0..=room)
            .rev()
            .find(|&end| part.is_char_boundary(end))
            .unwrap_or(0);
        self.text.push_str(&part[..end]);
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::LIMIT;
    use crate::__contrait_show as show;

    struct Opaque;

    #[test]
    fn the_best_way_to_show_a_value_is_found() {
        let slice: &[u8] = b"a\0";
        assert_eq!(show!(slice), r#"b"a\x00""#);
        assert_eq!(show!(vec![b'v']), r#"b"v""#);
        assert_eq!(show!("k"), r#""k""#);
        assert!(show!(Opaque).ends_with("Opaque>"));
    }

    #[test]
    fn long_values_are_cut() {
        let text = "ä".repeat(1000);
        assert!(show!(text).len() <= LIMIT + '…'.len_utf8());
        let megabyte = vec![7_u8; 1 << 20];
        assert!(show!(megabyte).ends_with("(1048576 bytes)"));
    }
}
