//! Replies as values, for a test that talks to the server without a client.

use std::fmt;

use crate::protocol::Reply as Wire;

/// What a command answered.
///
/// It compares with texts, bytes and integers, so that `assert_eq!(reply, "value")` works.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Reply {
    /// Nothing, be it a null, a null string or a null array.
    Null,
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// A short text such as `OK`.
    Simple(String),
    /// A string of bytes.
    Bulk(Vec<u8>),
    /// An error, its code first.
    Error(String),
    /// A list.
    Array(Vec<Reply>),
    /// Pairs of a key and a value.
    Map(Vec<(Reply, Reply)>),
    /// Elements without an order.
    Set(Vec<Reply>),
    /// A message nobody asked for.
    Push(Vec<Reply>),
}

impl Reply {
    /// The bytes of a string, be it short or not.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Reply::Bulk(bytes) => Some(bytes),
            Reply::Simple(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// A string as text, if it is UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        self.as_bytes()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
    }

    /// An integer.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Reply::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The text of an error.
    #[must_use]
    pub fn as_error(&self) -> Option<&str> {
        match self {
            Reply::Error(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of an array, a set or a push.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Reply]> {
        match self {
            Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => Some(items),
            _ => None,
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        *self == Reply::Null
    }

    /// Reads one reply that this crate has written, and returns what follows it.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Reply, &[u8])> {
        let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
        let (head, rest) = (&bytes[1..end], &bytes[end + 2..]);
        let text = || String::from_utf8_lossy(head).into_owned();
        let number = || text().parse::<i64>().ok();
        let simple = |reply| Some((reply, rest));
        match bytes[0] {
            b'+' | b'(' => simple(Reply::Simple(text())),
            b'-' => simple(Reply::Error(text())),
            b':' => simple(Reply::Int(number()?)),
            b',' => simple(Reply::Double(text().parse().ok()?)),
            b'#' => simple(Reply::Bool(head == b"t")),
            b'_' => simple(Reply::Null),
            _ if head == b"-1" => simple(Reply::Null),
            b'$' => Reply::read_bulk(rest, number()?, 0),
            b'=' => Reply::read_bulk(rest, number()?, 4),
            kind => {
                let count = usize::try_from(number()?).ok()?;
                let count = if kind == b'%' { count * 2 } else { count };
                let (items, rest) = Reply::read_items(rest, count)?;
                Some((Reply::aggregate(kind, items)?, rest))
            }
        }
    }

    fn read_bulk(rest: &[u8], length: i64, skip: usize) -> Option<(Reply, &[u8])> {
        let length = usize::try_from(length).ok()?;
        let bytes = rest.get(skip..length)?.to_vec();
        Some((Reply::Bulk(bytes), rest.get(length + 2..)?))
    }

    fn read_items(mut rest: &[u8], count: usize) -> Option<(Vec<Reply>, &[u8])> {
        let mut items = Vec::new();
        for _ in 0..count {
            let (item, after) = Reply::read(rest)?;
            items.push(item);
            rest = after;
        }
        Some((items, rest))
    }

    fn aggregate(kind: u8, items: Vec<Reply>) -> Option<Reply> {
        Some(match kind {
            b'*' => Reply::Array(items),
            b'~' => Reply::Set(items),
            b'>' => Reply::Push(items),
            b'%' => {
                let mut items = items.into_iter();
                let mut pairs = Vec::new();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    pairs.push((key, value));
                }
                Reply::Map(pairs)
            }
            _ => return None,
        })
    }

    /// Writes the reply in the version of the protocol that the connection speaks.
    pub(crate) fn write(&self, out: &mut Wire) {
        let all = |out: &mut Wire, items: &[Reply]| items.iter().for_each(|item| item.write(out));
        match self {
            Reply::Null => out.null(),
            Reply::Int(number) => out.int(*number),
            Reply::Double(number) => out.double(*number),
            Reply::Bool(value) => out.bool(*value),
            Reply::Simple(text) => out.simple(&text.replace(['\r', '\n'], " ")),
            Reply::Bulk(bytes) => out.bulk(bytes),
            Reply::Error(text) => out.error(text.as_bytes()),
            Reply::Array(items) => {
                out.array(items.len());
                all(out, items);
            }
            Reply::Set(items) => {
                out.set(items.len());
                all(out, items);
            }
            Reply::Push(items) => {
                out.push(items.len());
                all(out, items);
            }
            Reply::Map(pairs) => {
                out.map(pairs.len());
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
        }
    }
}

impl PartialEq<str> for Reply {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == Some(other.as_bytes())
    }
}

impl PartialEq<&str> for Reply {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<[u8]> for Reply {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == Some(other)
    }
}

impl PartialEq<&[u8]> for Reply {
    fn eq(&self, other: &&[u8]) -> bool {
        *self == **other
    }
}

impl PartialEq<i64> for Reply {
    fn eq(&self, other: &i64) -> bool {
        self.as_int() == Some(*other)
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Reply {
        Reply::Bulk(text.into())
    }
}

impl From<i64> for Reply {
    fn from(number: i64) -> Reply {
        Reply::Int(number)
    }
}

/// Bytes as a text in quotes, with what cannot be printed escaped.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("\"{}\"", bytes.escape_ascii()),
    }
}

/// As in a Rust literal, on one line.
impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Reply]| {
            for (index, item) in items.iter().enumerate() {
                write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
            }
            Ok(())
        };
        match self {
            Reply::Null => f.write_str("(nil)"),
            Reply::Int(number) => write!(f, "{number}"),
            Reply::Double(number) => write!(f, "{number}"),
            Reply::Bool(value) => write!(f, "{value}"),
            Reply::Simple(text) => f.write_str(text),
            Reply::Bulk(bytes) => f.write_str(&quoted(bytes)),
            Reply::Error(text) => write!(f, "(error) {text}"),
            Reply::Array(items) | Reply::Set(items) | Reply::Push(items) => {
                f.write_str("[")?;
                list(f, items)?;
                f.write_str("]")
            }
            Reply::Map(pairs) => {
                f.write_str("{")?;
                for (index, (key, value)) in pairs.iter().enumerate() {
                    write!(f, "{}{key}: {value}", if index == 0 { "" } else { ", " })?;
                }
                f.write_str("}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let reply = Reply::Array(vec![
            Reply::Map(vec![("key".into(), Reply::Double(0.5))]),
            Reply::Set(vec![Reply::Bool(true), Reply::Null]),
            Reply::Simple("OK".into()),
            Reply::Error("ERR no".into()),
            Reply::Int(-3),
            Reply::Bulk(b"a\r\nb\xff".to_vec()),
        ]);
        let mut wire = Wire::new(true);
        reply.write(&mut wire);
        assert_eq!(Reply::read(&wire.bytes), Some((reply.clone(), &[][..])));
        assert_eq!(
            reply.to_string(),
            r#"[{"key": 0.5}, [true, (nil)], OK, (error) ERR no, -3, "a\r\nb\xff"]"#
        );
    }

    #[test]
    fn verbatim_text_loses_its_format() {
        let mut wire = Wire::new(true);
        wire.verbatim("txt", "hello");
        let (reply, _) = Reply::read(&wire.bytes).expect("a reply");
        assert_eq!(reply, "hello");
    }
}
