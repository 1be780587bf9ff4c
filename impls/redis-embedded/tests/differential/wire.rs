//! A client that sees replies as they are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A reply; maps and sets are told from arrays by their mark.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Line(u8, Vec<u8>),
    Bulk(u8, Vec<u8>),
    Null(u8),
    Many(u8, Vec<Value>),
    /// None came.
    Silence,
}

impl Value {
    pub(crate) fn is_error(&self) -> bool {
        matches!(self, Value::Line(b'-', _))
    }

    fn is_invalidation(&self) -> bool {
        matches!(self.items().first(), Some(Value::Bulk(_, name)) if name == b"invalidate")
    }

    /// What a message of invalidation names: keys, or nothing for all of them.
    pub(crate) fn invalidated(&self) -> Vec<Value> {
        match self.items().get(1) {
            Some(Value::Many(_, keys)) => keys.clone(),
            other => other.into_iter().cloned().collect(),
        }
    }

    pub(crate) fn items(&self) -> &[Value] {
        match self {
            Value::Many(_, items) => items,
            _ => &[],
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Value::Line(mark, text) => write!(f, "{}{}", *mark as char, text.escape_ascii()),
            Value::Bulk(b'$', text) => write!(f, "\"{}\"", text.escape_ascii()),
            Value::Bulk(mark, text) => write!(f, "{}\"{}\"", *mark as char, text.escape_ascii()),
            Value::Null(mark) => write!(f, "null{}", *mark as char),
            Value::Silence => write!(f, "no answer"),
            Value::Many(mark, items) => {
                write!(f, "{}[", *mark as char)?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
                }
                write!(f, "]")
            }
        }
    }
}

pub(crate) type Request = Vec<Vec<u8>>;

/// The words of a line.
pub(crate) fn request(text: &str) -> Request {
    text.split(' ')
        .map(|word| word.as_bytes().to_vec())
        .collect()
}

/// A request as it is printed.
pub(crate) fn show(request: &Request) -> String {
    let words: Vec<String> = request
        .iter()
        .map(|arg| match arg.is_empty() || arg.contains(&b' ') {
            true => format!("'{}'", arg.escape_ascii()),
            false => arg.escape_ascii().to_string(),
        })
        .collect();
    words.join(" ")
}

/// A connection.
pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    /// What was sent about cached keys, beside the replies.
    pub(crate) pushes: Vec<Value>,
}

impl Wire {
    pub(crate) fn connect(port: u16) -> std::io::Result<Wire> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        Ok(Wire {
            stream: BufReader::new(stream),
            pushes: Vec::new(),
        })
    }

    /// Sends all requests at once and reads a reply for each.
    pub(crate) fn run(&mut self, requests: &[Request]) -> std::io::Result<Vec<Value>> {
        self.send(requests)?;
        self.receive(requests.len())
    }

    pub(crate) fn send(&mut self, requests: &[Request]) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for request in requests {
            bytes.extend(format!("*{}\r\n", request.len()).bytes());
            for arg in request {
                bytes.extend(format!("${}\r\n", arg.len()).bytes());
                bytes.extend(arg);
                bytes.extend(b"\r\n");
            }
        }
        self.stream.get_mut().write_all(&bytes)
    }

    pub(crate) fn receive(&mut self, count: usize) -> std::io::Result<Vec<Value>> {
        (0..count).map(|_| self.reply()).collect()
    }

    /// The next reply; pushes before it are kept apart.
    pub(crate) fn reply(&mut self) -> std::io::Result<Value> {
        loop {
            match self.read()? {
                push @ Value::Many(b'>', _) if push.is_invalidation() => self.pushes.push(push),
                reply => return Ok(reply),
            }
        }
    }

    fn read(&mut self) -> std::io::Result<Value> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line)?;
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Err(std::io::Error::other(format!(
                "no line: {}",
                line.escape_ascii()
            )));
        };
        let (mark, text) = (text[0], text[1..].to_vec());
        let length = || {
            String::from_utf8_lossy(&text)
                .parse::<i64>()
                .map_err(std::io::Error::other)
        };
        Ok(match mark {
            b'$' | b'=' => match length()? {
                -1 => Value::Null(mark),
                length => {
                    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default() + 2];
                    self.stream.read_exact(&mut bytes)?;
                    bytes.truncate(bytes.len() - 2);
                    Value::Bulk(mark, bytes)
                }
            },
            b'*' | b'~' | b'>' | b'%' => match length()? {
                -1 => Value::Null(mark),
                length => {
                    let count = if mark == b'%' { length * 2 } else { length };
                    Value::Many(
                        mark,
                        (0..count).map(|_| self.read()).collect::<Result<_, _>>()?,
                    )
                }
            },
            b'_' => Value::Null(mark),
            _ => Value::Line(mark, text),
        })
    }
}
