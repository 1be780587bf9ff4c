//! Requests, and byte for byte the replies that Redis 7.0.15 gave to them.
//!
//! A transcript is a text file. A line that begins with `>` is a request, with `3>` one over a
//! connection that speaks RESP3; the line behind it, with `<`, is the reply. Arguments stand between
//! spaces or in double quotes; `\r`, `\n`, `\\`, `\"` and `\x00` stand for bytes in both.
//!
//! `REDIS=127.0.0.1:6380 cargo test` replays them against a real server, whose data it deletes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use redis_embedded::Server;

type Failure = Box<dyn std::error::Error>;

/// Replays a transcript against a server of its own, and tells all replies that differ.
pub(crate) async fn replay(text: &str) -> Result<(), Failure> {
    let server = Server::builder().own_thread().start().await?;
    let address = std::env::var("REDIS").unwrap_or_else(|_| server.addr().to_string());
    let mut second = Connection::open(&address)?;
    let mut third = Connection::open(&address)?;
    third.ask(&["HELLO", "3"].map(|word| word.as_bytes().to_vec()))?;
    let mut differences = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let (connection, request) = match line.split_once("> ") {
            Some(("", request)) => (&mut second, request),
            Some(("3", request)) => (&mut third, request),
            _ => continue,
        };
        let (_, expected) = lines.next().ok_or("the transcript ends with a request")?;
        let expected = expected
            .strip_prefix("< ")
            .ok_or("a request without a reply")?;
        let reply = escaped(&connection.ask(&words(request))?);
        if reply != expected {
            let number = number + 1;
            differences.push(format!(
                "{number}: {request}\n  redis {expected}\n  here  {reply}"
            ));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    Ok(())
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: &str) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(address)?;
        // A request that is not answered fails the test instead of holding it up.
        stream.set_read_timeout(Some(std::time::Duration::from_secs(20)))?;
        Ok(Connection(BufReader::new(stream)))
    }

    fn ask(&mut self, words: &[Vec<u8>]) -> Result<Vec<u8>, Failure> {
        let mut request = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            request.extend(format!("${}\r\n", word.len()).bytes());
            request.extend(word);
            request.extend(b"\r\n");
        }
        self.0.get_mut().write_all(&request)?;
        let mut reply = Vec::new();
        self.read(&mut reply)?;
        Ok(reply)
    }

    /// Reads one reply with all that is in it.
    fn read(&mut self, reply: &mut Vec<u8>) -> Result<(), Failure> {
        let start = reply.len();
        self.0.read_until(b'\n', reply)?;
        let head = std::str::from_utf8(&reply[start..])?.trim_end();
        let (kind, rest) = head.split_at_checked(1).ok_or("the connection is closed")?;
        let length: usize = match kind {
            "+" | "-" | ":" | "," | "#" | "_" | "(" => return Ok(()),
            _ => rest.parse().unwrap_or_default(),
        };
        match kind {
            "$" | "=" if rest != "-1" => {
                let body = reply.len();
                reply.resize(body + length + 2, 0);
                self.0.read_exact(&mut reply[body..])?;
            }
            "%" => (0..length * 2).try_for_each(|_| self.read(reply))?,
            _ => (0..length).try_for_each(|_| self.read(reply))?,
        }
        Ok(())
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        match byte {
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\\' => text.push_str("\\\\"),
            b' '..=b'~' => text.push(*byte as char),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text
}

/// The arguments of a request's line.
fn words(line: &str) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut rest = line.bytes().peekable();
    while rest.peek().is_some() {
        let quoted = rest.next_if_eq(&b'"').is_some();
        let end = if quoted { b'"' } else { b' ' };
        let mut word = Vec::new();
        while let Some(byte) = rest.next().filter(|byte| *byte != end) {
            word.push(match byte {
                b'\\' => escape(&mut rest),
                byte => byte,
            });
        }
        words.push(word);
        if quoted {
            rest.next();
        }
    }
    words
}

fn escape(rest: &mut impl Iterator<Item = u8>) -> u8 {
    match rest.next() {
        Some(b'r') => b'\r',
        Some(b'n') => b'\n',
        Some(b'x') => {
            let digits: String = rest.take(2).map(char::from).collect();
            u8::from_str_radix(&digits, 16).unwrap_or_default()
        }
        other => other.unwrap_or_default(),
    }
}
