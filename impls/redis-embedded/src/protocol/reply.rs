//! Writes replies in the protocol version a connection speaks.

use std::io::Write as _;

use crate::db::number::{format_double, shortest_double};

/// A buffer of replies. What RESP2 has no type for is written as what Redis writes for it there.
#[derive(Debug, Default)]
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
    pub(crate) resp3: bool,
    /// Whether doubles have as few digits as tell them apart, as later versions write them.
    pub(crate) shortest: bool,
}

impl Reply {
    /// An empty buffer for a protocol version.
    pub(crate) fn new(resp3: bool) -> Reply {
        Reply {
            bytes: Vec::new(),
            resp3,
            shortest: false,
        }
    }

    fn head(&mut self, kind: u8, number: i64) {
        let mut digits = [0u8; 20];
        let mut at = digits.len();
        let mut rest = number.unsigned_abs();
        loop {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        self.bytes.push(kind);
        if number < 0 {
            self.bytes.push(b'-');
        }
        self.bytes.extend_from_slice(&digits[at..]);
        self.bytes.extend_from_slice(b"\r\n");
    }

    fn length(&mut self, kind: u8, length: usize) {
        self.head(kind, i64::try_from(length).unwrap_or(i64::MAX));
    }

    pub(crate) fn ok(&mut self) {
        self.bytes.extend_from_slice(b"+OK\r\n");
    }

    pub(crate) fn simple(&mut self, text: &str) {
        self.bytes.push(b'+');
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// An error; line ends would break the protocol, so they become spaces.
    pub(crate) fn error(&mut self, text: &[u8]) {
        self.bytes.push(b'-');
        let clean = text.iter().map(|byte| {
            if matches!(byte, b'\r' | b'\n') {
                b' '
            } else {
                *byte
            }
        });
        self.bytes.extend(clean);
        self.bytes.extend_from_slice(b"\r\n");
    }

    pub(crate) fn int(&mut self, number: i64) {
        self.head(b':', number);
    }

    pub(crate) fn count(&mut self, number: usize) {
        self.length(b':', number);
    }

    pub(crate) fn bulk(&mut self, bytes: &[u8]) {
        self.length(b'$', bytes.len());
        self.bytes.extend_from_slice(bytes);
        self.bytes.extend_from_slice(b"\r\n");
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.bulk(text.as_bytes());
    }

    pub(crate) fn null(&mut self) {
        self.bytes
            .extend_from_slice(if self.resp3 { b"_\r\n" } else { b"$-1\r\n" });
    }

    pub(crate) fn null_array(&mut self) {
        self.bytes
            .extend_from_slice(if self.resp3 { b"_\r\n" } else { b"*-1\r\n" });
    }

    pub(crate) fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.bulk(bytes),
            None => self.null(),
        }
    }

    pub(crate) fn array(&mut self, length: usize) {
        self.length(b'*', length);
    }

    pub(crate) fn map(&mut self, pairs: usize) {
        if self.resp3 {
            self.length(b'%', pairs);
        } else {
            self.length(b'*', pairs * 2);
        }
    }

    pub(crate) fn set(&mut self, length: usize) {
        self.length(if self.resp3 { b'~' } else { b'*' }, length);
    }

    pub(crate) fn push(&mut self, length: usize) {
        self.length(if self.resp3 { b'>' } else { b'*' }, length);
    }

    pub(crate) fn bool(&mut self, value: bool) {
        match (self.resp3, value) {
            (true, true) => self.bytes.extend_from_slice(b"#t\r\n"),
            (true, false) => self.bytes.extend_from_slice(b"#f\r\n"),
            (false, value) => self.int(i64::from(value)),
        }
    }

    pub(crate) fn double(&mut self, value: f64) {
        let text = if self.shortest {
            shortest_double(value)
        } else {
            format_double(value)
        };
        if self.resp3 {
            self.bytes.push(b',');
            self.bytes.extend_from_slice(text.as_bytes());
            self.bytes.extend_from_slice(b"\r\n");
        } else {
            self.bulk(text.as_bytes());
        }
    }

    /// Text of a known format, such as the report of INFO.
    pub(crate) fn verbatim(&mut self, format: &str, text: &str) {
        if self.resp3 {
            self.length(b'=', text.len() + 4);
            // Writing to a vector cannot fail.
            let _ = write!(self.bytes, "{format}:{text}\r\n");
        } else {
            self.bulk(text.as_bytes());
        }
    }

    /// An array of bulk strings.
    pub(crate) fn bulks<I>(&mut self, items: I)
    where
        I: IntoIterator,
        I::IntoIter: ExactSizeIterator,
        I::Item: AsRef<[u8]>,
    {
        let items = items.into_iter();
        self.array(items.len());
        for item in items {
            self.bulk(item.as_ref());
        }
    }

    /// An array whose length is only known at its end: `write` returns it.
    pub(crate) fn deferred(&mut self, write: impl FnOnce(&mut Reply) -> usize) {
        let start = self.bytes.len();
        let length = write(self);
        let mut head = Reply::new(self.resp3);
        head.array(length);
        self.bytes.splice(start..start, head.bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(resp3: bool) -> String {
        let mut reply = Reply::new(resp3);
        reply.int(i64::MIN);
        reply.null();
        reply.null_array();
        reply.map(1);
        reply.set(2);
        reply.push(3);
        reply.bool(true);
        reply.double(0.5);
        reply.verbatim("txt", "a");
        reply.error(b"ERR a\r\nb");
        reply.deferred(|reply| {
            reply.bulk(b"x");
            1
        });
        String::from_utf8(reply.bytes)
            .expect("text")
            .replace("\r\n", " ")
    }

    #[test]
    fn each_version_has_its_own_types() {
        assert_eq!(
            written(false),
            ":-9223372036854775808 $-1 *-1 *2 *2 *3 :1 $3 0.5 $1 a -ERR a  b *1 $1 x "
        );
        assert_eq!(
            written(true),
            ":-9223372036854775808 _ _ %1 ~2 >3 #t ,0.5 =5 txt:a -ERR a  b *1 $1 x "
        );
    }
}
