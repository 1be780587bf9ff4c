//! Asks a server whether it is alive and a memcached, and who it is.

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::local::Greeting;
use crate::probe::{Address, Conversation};

const REQUEST: &[u8] = b"stats\r\n";
const END: &[u8] = b"END\r\n";
/// The general statistics have some three kilobytes.
const LONGEST: usize = 64 * 1024;
/// What an error shows of an answer that is none.
const SHOWN: usize = 80;

/// Greets the server at `address`.
///
/// # Errors
///
/// What happened instead of a greeting, as a sentence fragment.
pub(super) fn of_memcached(address: &Address, within: Duration) -> Result<Greeting, String> {
    let mut conversation = address
        .connect(within)
        .map_err(|error| match error.kind() {
            ErrorKind::TimedOut => format!("nothing accepted a connection within {within:?}"),
            _ => error.to_string(),
        })?;
    let answer = converse(&mut conversation).map_err(|error| match error.kind() {
        ErrorKind::TimedOut => {
            format!("it took the connection but gave no answer within {within:?}")
        }
        ErrorKind::UnexpectedEof => "it closed the connection without an answer".to_owned(),
        _ => error.to_string(),
    })?;
    read(&String::from_utf8_lossy(&answer))
}

/// Sends the request and returns what comes back, once it has ended or is no answer of a memcached.
fn converse(conversation: &mut Conversation) -> io::Result<Vec<u8>> {
    conversation.send(REQUEST)?;
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    while !answer.ends_with(END) && answer.len() < LONGEST && may_be_one(&answer) {
        match conversation.receive(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(answer)
}

fn may_be_one(answer: &[u8]) -> bool {
    const BEGIN: &[u8] = b"STAT ";
    let both = answer.len().min(BEGIN.len());
    answer[..both] == BEGIN[..both]
}

fn read(answer: &str) -> Result<Greeting, String> {
    if !may_be_one(answer.as_bytes()) || answer.is_empty() {
        let first = answer.lines().next().unwrap_or_default();
        let shown: String = first.chars().take(SHOWN).collect();
        return Err(format!("it answers stats with `{shown}`"));
    }
    let find = |name: &str| {
        let mut lines = answer.lines().filter_map(|line| line.strip_prefix("STAT "));
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
    };
    Ok(Greeting {
        product: Some("memcached"),
        version: find("version").map(str::to_owned),
        pid: find("pid").and_then(|pid| pid.parse().ok()),
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_memcached_introduces_itself() {
        let answer = "STAT pid 42\r\nSTAT pointer_size 64\r\nSTAT version 1.6.18\r\nEND\r\n";
        let greeting = read(answer).unwrap();
        assert_eq!(greeting.product, Some("memcached"));
        assert_eq!(greeting.version.as_deref(), Some("1.6.18"));
        assert_eq!(greeting.pid, Some(42));
    }

    #[test]
    fn another_protocol_is_no_memcached() {
        let problem = read("-ERR unknown command 'stats'\r\n").unwrap_err();
        let expected = "it answers stats with `-ERR unknown command 'stats'`";
        assert_eq!(problem, expected);
        assert!(read("").is_err());
    }
}
