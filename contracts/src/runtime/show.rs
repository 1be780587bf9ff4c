//! How arguments and outcomes look in the log of operations.
//!
//! A contract binds no type to `Debug`, so the best way to show a value is chosen where its type is known, by which
//! of three traits a method call finds first: text and bytes as literals, then `Debug`, then the name of the type. The
//! call is `(&&&Show(&value)).shown()`: each `&` that is left when a trait applies ranks it higher. It only says how;
//! what formats is compiled in this crate, since what depends on a type is compiled wherever that type is used.

use std::any::type_name;
use std::fmt::{self, Write};

/// Values are cut here, so that a megabyte in an argument is neither formatted nor kept.
const LIMIT: usize = 240;

/// A value that is to be shown.
pub struct Show<'a, T: ?Sized>(pub &'a T);

/// A value, and how it is shown.
pub enum Shown<'a> {
    /// By this.
    As(&'static str),
    /// As a string literal.
    Text(&'a str),
    /// As a byte string.
    Bytes(&'a [u8]),
    /// As a byte string within what precedes and follows it.
    BytesWithin(&'static str, &'a [u8], &'static str),
    /// As it shows itself.
    Debug(&'a dyn fmt::Debug),
    /// By the name of its type.
    Opaque(&'static str),
}

/// What most values are, which is shown without their own `Debug`: text, bytes as a byte string, and nothing.
pub trait ShowKnown {
    /// How it is shown.
    fn shown(&self) -> Shown<'_>;
}

/// Anything that is `Debug`.
pub trait ShowDebug {
    /// How it is shown.
    fn shown(&self) -> Shown<'_>;
}

/// Anything else, shown by its type.
pub trait ShowOpaque {
    /// How it is shown.
    fn shown(&self) -> Shown<'_>;
}

impl ShowKnown for &&Show<'_, &str> {
    fn shown(&self) -> Shown<'_> {
        Shown::Text(self.0)
    }
}

impl ShowKnown for &&Show<'_, ()> {
    fn shown(&self) -> Shown<'_> {
        Shown::As("()")
    }
}

impl<E: fmt::Debug> ShowKnown for &&Show<'_, Result<(), E>> {
    fn shown(&self) -> Shown<'_> {
        match self.0 {
            Ok(()) => Shown::As("Ok(())"),
            Err(_) => Shown::Debug(self.0),
        }
    }
}

impl ShowKnown for &&Show<'_, &[u8]> {
    fn shown(&self) -> Shown<'_> {
        Shown::Bytes(self.0)
    }
}

impl ShowKnown for &&Show<'_, Vec<u8>> {
    fn shown(&self) -> Shown<'_> {
        Shown::Bytes(self.0)
    }
}

impl ShowKnown for &&Show<'_, Option<Vec<u8>>> {
    fn shown(&self) -> Shown<'_> {
        match self.0 {
            Some(bytes) => Shown::BytesWithin("Some(", bytes, ")"),
            None => Shown::Debug(self.0),
        }
    }
}

impl<E: fmt::Debug> ShowKnown for &&Show<'_, Result<Vec<u8>, E>> {
    fn shown(&self) -> Shown<'_> {
        match self.0 {
            Ok(bytes) => Shown::BytesWithin("Ok(", bytes, ")"),
            Err(_) => Shown::Debug(self.0),
        }
    }
}

impl<E: fmt::Debug> ShowKnown for &&Show<'_, Result<Option<Vec<u8>>, E>> {
    fn shown(&self) -> Shown<'_> {
        match self.0 {
            Ok(Some(bytes)) => Shown::BytesWithin("Ok(Some(", bytes, "))"),
            _ => Shown::Debug(self.0),
        }
    }
}

impl<T: fmt::Debug + ?Sized> ShowDebug for &Show<'_, T> {
    fn shown(&self) -> Shown<'_> {
        Shown::Debug(&self.0)
    }
}

impl<T: ?Sized> ShowOpaque for Show<'_, T> {
    fn shown(&self) -> Shown<'_> {
        Shown::Opaque(type_name::<T>())
    }
}

impl Shown<'_> {
    /// Appends the text for the log.
    pub(crate) fn append_to(&self, text: &mut String) {
        match self {
            Self::As(shown) => text.push_str(shown),
            Self::Text(value) if is_plain(value.as_bytes()) => append_quoted(text, value),
            Self::Text(value) => Cut::append_to(text, value),
            Self::Bytes(bytes) => append_bytes(text, bytes),
            Self::BytesWithin(before, bytes, after) => {
                text.push_str(before);
                append_bytes(text, bytes);
                text.push_str(after);
            }
            Self::Debug(value) => Cut::append_to(text, *value),
            Self::Opaque(name) => text.push_str(&format!("<{name}>")),
        }
    }

    /// The text for the log, by itself.
    pub fn text(&self) -> String {
        let mut text = String::new();
        self.append_to(&mut text);
        text
    }
}

/// Whether these few bytes are text that a literal holds as it is. Most are, and need none of the formatting below.
fn is_plain(bytes: &[u8]) -> bool {
    if bytes.len() > LIMIT {
        return false;
    }
    for byte in bytes {
        if !matches!(byte, b' ' | b'!' | b'#'..=b'&' | b'('..=b'[' | b']'..=b'~') {
            return false;
        }
    }
    true
}

fn append_quoted(text: &mut String, plain: &str) {
    text.push('"');
    text.push_str(plain);
    text.push('"');
}

fn append_bytes(text: &mut String, bytes: &[u8]) {
    if is_plain(bytes)
        && let Ok(plain) = str::from_utf8(bytes)
    {
        text.push('b');
        append_quoted(text, plain);
        return;
    }
    let shown = if bytes.len() <= LIMIT {
        format!("b\"{}\"", bytes.escape_ascii())
    } else {
        let first = bytes[..32].escape_ascii();
        format!("b\"{first}\"… ({} bytes)", bytes.len())
    };
    text.push_str(&shown);
}

/// A writer that refuses what goes past the limit, which ends the formatting as well. What it holds is an array, since a
/// value is written in many small pieces, and this code is not optimized where it runs.
struct Cut {
    text: [u8; LIMIT],
    len: usize,
}

impl Cut {
    fn append_to(text: &mut String, value: &dyn fmt::Debug) {
        let mut cut = Self {
            text: [0; LIMIT],
            len: 0,
        };
        let whole = write!(cut, "{value:?}").is_ok();
        // It was cut between characters.
        text.push_str(str::from_utf8(&cut.text[..cut.len]).unwrap_or_default());
        if !whole {
            text.push('…');
        }
    }
}

impl Write for Cut {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        let room = LIMIT - self.len;
        let fits = if part.len() <= room {
            part.len()
        } else {
            let boundary = (0..=room).rev().find(|&end| part.is_char_boundary(end));
            boundary.unwrap_or(0)
        };
        let end = self.len + fits;
        self.text[self.len..end].copy_from_slice(&part.as_bytes()[..fits]);
        self.len = end;
        if fits == part.len() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
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
        assert_eq!(show!(Some(vec![b'v'])), r#"Some(b"v")"#);
        assert_eq!(show!(Ok::<_, ()>(vec![b'v'])), r#"Ok(b"v")"#);
        assert_eq!(show!(Ok::<_, ()>(Some(vec![b'v']))), r#"Ok(Some(b"v"))"#);
        assert_eq!(show!(Err::<Option<Vec<u8>>, _>("no")), r#"Err("no")"#);
        assert_eq!(show!("k"), r#""k""#);
        assert_eq!(show!("a\"'\nä"), r#""a\"'\nä""#);
        assert_eq!(show!(b"'\\\"".as_slice()), r#"b"\'\\\"""#);
        assert_eq!(show!(()), "()");
        assert_eq!(show!(Ok::<(), &str>(())), "Ok(())");
        assert_eq!(show!(Err::<(), _>("no")), r#"Err("no")"#);
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
