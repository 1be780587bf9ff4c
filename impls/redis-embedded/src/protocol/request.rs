//! Reads requests, both arrays of bulk strings and inline ones, from a buffer that grows.
//!
//! The parser keeps where it was, so that a request which arrives in many pieces is read once and
//! not once a piece. Arguments are ranges of the buffer: nothing is copied to run a command. Only
//! inline requests are copied, since quoting makes their arguments differ from the bytes sent.

use std::ops::Range;

/// The longest bulk string, as `proto-max-bulk-len` has it by default.
const BULK_LIMIT: i64 = 512 * 1024 * 1024;
/// The longest line, be it an inline request or the head of a bulk string.
const LINE_LIMIT: usize = 64 * 1024;
/// The most arguments of one request.
const ARGS_LIMIT: i64 = 1024 * 1024 * 1024 / 2;
/// What a client may send before it has authenticated.
const GUEST_ARGS: i64 = 10;
const GUEST_BULK: i64 = 16 * 1024;

/// What a look at the buffer found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    /// More bytes are needed.
    Incomplete,
    /// A whole request; its arguments are in [`Parser::arg`], it ends before this offset.
    Request(usize),
    /// Something that asks for nothing, such as an empty line, which ends before this offset.
    Nothing(usize),
}

/// Parses one request after the other.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    args: Vec<Range<usize>>,
    /// Offset into the buffer of what has not been looked at yet.
    at: usize,
    /// Arguments still to come; none when the head of the request has not been read.
    missing: Option<i64>,
    /// The length of the bulk string whose head has been read.
    bulk: Option<usize>,
    /// The arguments of an inline request.
    inline: Option<Vec<u8>>,
}

impl Parser {
    /// How many arguments the request has.
    pub(crate) fn len(&self) -> usize {
        self.args.len()
    }

    /// An argument of the request that [`Parser::parse`] found in `buffer`.
    pub(crate) fn arg<'a>(&'a self, buffer: &'a [u8], index: usize) -> &'a [u8] {
        let range = self.args[index].clone();
        match &self.inline {
            Some(inline) => &inline[range],
            None => &buffer[range],
        }
    }

    /// Forgets the request, so that the next one can be read.
    pub(crate) fn clear(&mut self) {
        self.args.clear();
        self.at = 0;
        self.missing = None;
        self.bulk = None;
        self.inline = None;
    }

    /// Tells how many bytes of a bulk string are still to come, so that the buffer grows at once.
    pub(crate) fn wanted(&self, have: usize) -> usize {
        self.bulk
            .map_or(0, |length| (self.at + length + 2).saturating_sub(have))
    }

    /// Looks for a request at the start of `buffer`, which is the same as at the last call, or
    /// longer. The error is the text behind `ERR Protocol error: `.
    pub(crate) fn parse(&mut self, buffer: &[u8], guest: bool) -> Result<Parsed, String> {
        match buffer.first() {
            None => Ok(Parsed::Incomplete),
            Some(b'*') => self.parse_array(buffer, guest),
            Some(_) => self.parse_inline(buffer),
        }
    }

    fn parse_array(&mut self, buffer: &[u8], guest: bool) -> Result<Parsed, String> {
        if self.missing.is_none() {
            let Some((line, next)) = line(buffer, 0, "too big mbulk count string")? else {
                return Ok(Parsed::Incomplete);
            };
            let count = integer(&line[1..]).filter(|count| *count <= ARGS_LIMIT);
            let count = count.ok_or("invalid multibulk length")?;
            if guest && count > GUEST_ARGS {
                return Err("unauthenticated multibulk length".into());
            }
            self.at = next;
            if count <= 0 {
                return Ok(Parsed::Nothing(next));
            }
            self.missing = Some(count);
        }
        while self.missing != Some(0) {
            if !self.parse_bulk(buffer, guest)? {
                return Ok(Parsed::Incomplete);
            }
        }
        Ok(Parsed::Request(self.at))
    }

    /// Reads one bulk string; false when it is not all there yet.
    fn parse_bulk(&mut self, buffer: &[u8], guest: bool) -> Result<bool, String> {
        let length = match self.bulk {
            Some(length) => length,
            None => {
                let Some((line, next)) = line(buffer, self.at, "too big bulk count string")? else {
                    return Ok(false);
                };
                if line.first() != Some(&b'$') {
                    let got = line.first().copied().unwrap_or(b'\r');
                    return Err(format!("expected '$', got '{}'", got as char));
                }
                let length = integer(&line[1..]).filter(|n| (0..=BULK_LIMIT).contains(n));
                let length = length.ok_or("invalid bulk length")?;
                if guest && length > GUEST_BULK {
                    return Err("unauthenticated bulk length".into());
                }
                self.at = next;
                let length = usize::try_from(length).unwrap_or_default();
                self.bulk = Some(length);
                length
            }
        };
        if buffer.len() < self.at + length + 2 {
            return Ok(false);
        }
        self.args.push(self.at..self.at + length);
        self.at += length + 2;
        self.bulk = None;
        self.missing = self.missing.map(|missing| missing - 1);
        Ok(true)
    }

    fn parse_inline(&mut self, buffer: &[u8]) -> Result<Parsed, String> {
        let Some(end) = buffer[self.at..].iter().position(|byte| *byte == b'\n') else {
            if buffer.len() > LINE_LIMIT {
                return Err("too big inline request".into());
            }
            self.at = buffer.len();
            return Ok(Parsed::Incomplete);
        };
        let end = self.at + end;
        let line = buffer[..end].strip_suffix(b"\r").unwrap_or(&buffer[..end]);
        let (bytes, args) = split(line).ok_or("unbalanced quotes in request")?;
        if args.is_empty() {
            return Ok(Parsed::Nothing(end + 1));
        }
        self.args = args;
        self.inline = Some(bytes);
        Ok(Parsed::Request(end + 1))
    }
}

/// The line that starts at an offset, and the offset behind it.
fn line<'a>(
    buffer: &'a [u8],
    at: usize,
    too_long: &str,
) -> Result<Option<(&'a [u8], usize)>, String> {
    let rest = &buffer[at.min(buffer.len())..];
    match rest.iter().position(|byte| *byte == b'\r') {
        None if rest.len() > LINE_LIMIT => Err(too_long.into()),
        // The line feed belongs to the line, so a lone carriage return is no end yet.
        Some(end) if end + 1 < rest.len() => Ok(Some((&rest[..end], at + end + 2))),
        _ => Ok(None),
    }
}

/// A decimal number in Redis' strict form: no plus sign, no leading zeros, no spaces.
pub(crate) fn integer(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [] => return None,
        [b'0'] => return (!negative).then_some(0),
        [b'0', ..] => return None,
        _ if digits.len() > 19 => return None,
        _ => {}
    }
    let mut number: i128 = 0;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i128::from(digit - b'0');
    }
    i64::try_from(if negative { -number } else { number }).ok()
}

/// Splits a line as a shell does; none when a quote is not closed or not followed by a space.
pub(crate) fn split(line: &[u8]) -> Option<(Vec<u8>, Vec<Range<usize>>)> {
    let mut bytes = Vec::with_capacity(line.len());
    let mut args = Vec::new();
    let mut at = 0;
    loop {
        while line.get(at).is_some_and(|byte| is_space(*byte)) {
            at += 1;
        }
        if at >= line.len() {
            return Some((bytes, args));
        }
        let start = bytes.len();
        while let Some(&byte) = line.get(at) {
            match byte {
                b'"' => at = double_quoted(line, at + 1, &mut bytes)?,
                b'\'' => at = single_quoted(line, at + 1, &mut bytes)?,
                _ if is_space(byte) || byte == 0 => break,
                _ => {
                    bytes.push(byte);
                    at += 1;
                }
            }
        }
        args.push(start..bytes.len());
        if line.get(at) == Some(&0) {
            return Some((bytes, args));
        }
    }
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// Reads to the closing quote and returns the offset behind it, where the argument must end.
fn double_quoted(line: &[u8], mut at: usize, bytes: &mut Vec<u8>) -> Option<usize> {
    loop {
        match line.get(at)? {
            b'\\' => {
                if let [b'x', high, low, ..] = line[at + 1..]
                    && let (Some(high), Some(low)) = (hex(high), hex(low))
                {
                    bytes.push(high * 16 + low);
                    at += 4;
                    continue;
                }
                bytes.push(match line.get(at + 1)? {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'b' => 8,
                    b'a' => 7,
                    other => *other,
                });
                at += 2;
            }
            b'"' => return ends_argument(line, at + 1),
            byte => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
}

fn single_quoted(line: &[u8], mut at: usize, bytes: &mut Vec<u8>) -> Option<usize> {
    loop {
        match (line.get(at)?, line.get(at + 1)) {
            (b'\\', Some(b'\'')) => {
                bytes.push(b'\'');
                at += 2;
            }
            (b'\'', _) => return ends_argument(line, at + 1),
            (byte, _) => {
                bytes.push(*byte);
                at += 1;
            }
        }
    }
}

fn ends_argument(line: &[u8], at: usize) -> Option<usize> {
    line.get(at)
        .is_none_or(|byte| is_space(*byte))
        .then_some(at)
}

fn hex(digit: u8) -> Option<u8> {
    (digit as char)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut parser = Parser::default();
        let mut rest = input;
        let mut found = Vec::new();
        loop {
            match parser.parse(rest, false).expect("well-formed") {
                Parsed::Incomplete => return found,
                Parsed::Nothing(end) => rest = &rest[end..],
                Parsed::Request(end) => {
                    let args = 0..parser.len();
                    found.push(args.map(|index| parser.arg(rest, index).to_vec()).collect());
                    rest = &rest[end..];
                }
            }
            parser.clear();
        }
    }

    #[test]
    fn a_pipeline_of_arrays_and_inline_requests_is_read_in_order() {
        let found =
            all(b"*2\r\n$4\r\nECHO\r\n$2\r\na\n\r\nPING \"a b\\x41\"\r\n\r\n*0\r\nget 'it\\'s'\n");
        let texts: Vec<String> = found
            .iter()
            .map(|args| format!("{}", args.concat().escape_ascii()))
            .collect();
        assert_eq!(texts, ["ECHOa\\n", "PINGa bA", "getit\\'s"]);
    }

    #[test]
    fn a_request_may_arrive_byte_by_byte() {
        let input = b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n";
        let mut parser = Parser::default();
        for end in 0..input.len() {
            assert_eq!(
                parser.parse(&input[..end], false),
                Ok(Parsed::Incomplete),
                "at {end}"
            );
        }
        assert_eq!(parser.parse(input, false), Ok(Parsed::Request(input.len())));
        assert_eq!(parser.arg(input, 1), b"k");
    }

    #[test]
    fn malformed_requests_are_named_as_redis_names_them() {
        let cases: [(&[u8], &str); 7] = [
            (b"*x\r\n", "invalid multibulk length"),
            (b"*01\r\n", "invalid multibulk length"),
            (b"*1\r\n$-1\r\n", "invalid bulk length"),
            (b"*1\r\n$536870913\r\n", "invalid bulk length"),
            (b"*1\r\nabc\r\n", "expected '$', got 'a'"),
            (b"get \"a\r\n", "unbalanced quotes in request"),
            (b"get \"a\"b\r\n", "unbalanced quotes in request"),
        ];
        for (input, expected) in cases {
            assert_eq!(Parser::default().parse(input, false), Err(expected.into()));
        }
    }

    #[test]
    fn a_guest_may_send_little() {
        let many = Parser::default().parse(b"*11\r\n", true);
        assert_eq!(many, Err("unauthenticated multibulk length".into()));
        let big = Parser::default().parse(b"*1\r\n$16385\r\n", true);
        assert_eq!(big, Err("unauthenticated bulk length".into()));
    }

    #[test]
    fn integers_have_one_form() {
        for (text, number) in [
            ("0", 0),
            ("-1", -1),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(integer(text.as_bytes()), Some(number));
        }
        for text in [
            "",
            "-",
            "+1",
            "01",
            "-0",
            " 1",
            "1 ",
            "9223372036854775808",
            "1.0",
        ] {
            assert_eq!(integer(text.as_bytes()), None, "{text}");
        }
    }
}
