//! What comes back: one reply a command, read from a buffer that may not hold all of it yet.
//!
//! A server can be anything that listens. So nothing is believed of it: lines are short, lengths are limited, and what
//! fits neither is the end of the connection.

use std::io;

use bytes::{Buf, Bytes, BytesMut};

/// The longest line of a reply without its value.
const LINE_BYTES: usize = 2048;

/// Above the largest item that memcached can be told to take.
const VALUE_BYTES: usize = 1 << 30;

/// A reply to one command.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: Status,
    /// The value, where the command asked for it and there is one.
    pub(crate) value: Option<Bytes>,
    /// The number of the write that the entry stems from.
    pub(crate) cas: Option<u64>,
    /// The flag that the value was stored with.
    pub(crate) flag: u32,
    /// The seconds that the entry has left; -1 is for ever.
    pub(crate) left: Option<i64>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Status {
    /// What the command is about was there, or was done.
    Done,
    /// There is no such entry.
    Missing,
    /// What was to be added is there.
    NotStored,
    /// The entry is another one by now.
    Exists,
    /// The server says that it cannot, in its own words.
    Refused(String),
    /// A line of statistics, which more replies follow.
    Statistic(String, String),
}

impl Reply {
    fn of(status: Status) -> Self {
        Self {
            status,
            value: None,
            cas: None,
            flag: 0,
            left: None,
        }
    }

    /// Whether it is the last one to its command.
    pub(crate) fn is_last(&self) -> bool {
        !matches!(self.status, Status::Statistic(..))
    }
}

/// Takes a reply from the front of `buffer`; `None` while it is not complete.
///
/// # Errors
/// Where these are no replies of a memcached.
pub(crate) fn take(buffer: &mut BytesMut) -> io::Result<Option<Reply>> {
    let within = &buffer[..buffer.len().min(LINE_BYTES)];
    let Some(end) = within.windows(2).position(|pair| pair == b"\r\n") else {
        return match within.len() {
            LINE_BYTES => Err(strange("a line that does not end")),
            _ => Ok(None),
        };
    };
    let line =
        std::str::from_utf8(&buffer[..end]).map_err(|_| strange("a line that is no text"))?;
    let (mut reply, length) = read(line)?;
    let Some(length) = length else {
        buffer.advance(end + 2);
        return Ok(Some(reply));
    };
    let whole = end + 2 + length + 2;
    if buffer.len() < whole {
        // No more than what a server that does send it needs anyway.
        buffer.reserve((whole - buffer.len()).min(1 << 20));
        return Ok(None);
    }
    if &buffer[whole - 2..whole] != b"\r\n" {
        return Err(strange("a value of another length"));
    }
    buffer.advance(end + 2);
    // A copy, or a small value would keep all that came with it.
    reply.value = Some(Bytes::copy_from_slice(&buffer[..length]));
    buffer.advance(length + 2);
    Ok(Some(reply))
}

/// Reads the line of a reply, and the length of the value that follows it, where one does.
fn read(line: &str) -> io::Result<(Reply, Option<usize>)> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let status = match word {
        "VA" => return value(rest),
        "HD" => return Ok((flags(Status::Done, rest)?, None)),
        "EN" | "NF" => Status::Missing,
        "NS" => Status::NotStored,
        "EX" => Status::Exists,
        "END" => Status::Done,
        "STAT" => {
            let (name, value) = rest.split_once(' ').unwrap_or((rest, ""));
            Status::Statistic(name.to_owned(), value.to_owned())
        }
        "ERROR" | "CLIENT_ERROR" | "SERVER_ERROR" => Status::Refused(line.to_owned()),
        _ => return Err(strange("a reply that no meta command has")),
    };
    Ok((Reply::of(status), None))
}

fn value(rest: &str) -> io::Result<(Reply, Option<usize>)> {
    let (length, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let length = length.parse().ok().filter(|length| *length <= VALUE_BYTES);
    let length = length.ok_or_else(|| strange("a length that no value has"))?;
    Ok((flags(Status::Done, rest)?, Some(length)))
}

fn flags(status: Status, rest: &str) -> io::Result<Reply> {
    let mut reply = Reply::of(status);
    for flag in rest.split_ascii_whitespace() {
        let number = || strange("a flag that is no number");
        match flag.split_at_checked(1) {
            Some(("c", cas)) => reply.cas = Some(cas.parse().map_err(|_| number())?),
            Some(("f", flag)) => reply.flag = flag.parse().map_err(|_| number())?,
            Some(("t", left)) => reply.left = Some(left.parse().map_err(|_| number())?),
            _ => {}
        }
    }
    Ok(reply)
}

fn strange(what: &str) -> io::Error {
    let message = format!("this is no memcached: it sends {what}");
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &[u8]) -> io::Result<Option<Reply>> {
        take(&mut BytesMut::from(text))
    }

    #[test]
    fn replies_are_taken_one_by_one_as_soon_as_they_are_whole() {
        let text = b"VA 4 c7 f1 t-1\r\na\r\nb\r\nHD c8 t30\r\nEN\r\nSERVER_ERROR out of memory\r\n";
        let (mut buffer, mut replies) = (BytesMut::new(), Vec::new());
        for byte in text {
            buffer.extend_from_slice(&[*byte]);
            replies.extend(take(&mut buffer).unwrap());
        }
        assert!(buffer.is_empty());
        let expected = [
            Reply {
                status: Status::Done,
                value: Some(Bytes::from_static(b"a\r\nb")),
                cas: Some(7),
                flag: 1,
                left: Some(-1),
            },
            Reply {
                cas: Some(8),
                left: Some(30),
                ..Reply::of(Status::Done)
            },
            Reply::of(Status::Missing),
            Reply::of(Status::Refused("SERVER_ERROR out of memory".to_owned())),
        ];
        assert_eq!(replies, expected);
    }

    #[test]
    fn statistics_go_on_to_their_end() {
        let mut buffer = BytesMut::from(&b"STAT item_size_max 1048576\r\nEND\r\n"[..]);
        let statistic = take(&mut buffer).unwrap().unwrap();
        let expected = Status::Statistic("item_size_max".to_owned(), "1048576".to_owned());
        assert!(statistic.status == expected && !statistic.is_last());
        assert!(take(&mut buffer).unwrap().unwrap().is_last());
    }

    #[test]
    fn what_no_memcached_sends_ends_the_connection() {
        let hostile: [&[u8]; 8] = [
            b"HTTP/1.1 400 Bad Request\r\n",
            b"VA 18446744073709551615 x\r\n",
            b"VA -1\r\n",
            b"VA 1073741825 \r\n",
            b"VA 1\r\nvalue\r\n",
            b"HD cx\r\n",
            b"\xff\r\n",
            &[b'x'; LINE_BYTES],
        ];
        for text in hostile {
            let error = taken(text).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{text:?}");
        }
        assert_eq!(taken(&[b'x'; LINE_BYTES - 1]).unwrap(), None);
        assert_eq!(taken(b"VA 1000000000 \r\nbegin").unwrap(), None);
    }
}
