//! Asks a server whether it is alive and a Redis, and who it is.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::time::Duration;

use super::url::Url;
use crate::local::Greeting;
use crate::probe::{Address, Conversation};

/// Both at once: one exchange is enough.
const REQUEST: &[u8] = b"*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n";
/// `INFO server` has about a kilobyte.
const LONGEST: usize = 64 * 1024;
/// What an error shows of an answer that is none.
const SHOWN: usize = 80;

/// Greets the server that `url` names. Behind TLS a connection is all that is tried, since the handshake is the client's.
pub(super) fn of_named(url: &Url, within: Duration) -> Result<Greeting, String> {
    if url.tls {
        let connected = url
            .address
            .connect(within)
            .map_err(|error| error.to_string());
        return connected.map(|_| Greeting::default());
    }
    of_redis(&url.address, None, within)
}

/// Greets the server at `address`, with its password where it has one that is known.
///
/// # Errors
///
/// What happened instead of a greeting, as a sentence fragment.
pub(super) fn of_redis(
    address: &Address,
    password: Option<&str>,
    within: Duration,
) -> Result<Greeting, String> {
    let mut conversation = address
        .connect(within)
        .map_err(|error| match error.kind() {
            ErrorKind::TimedOut => format!("nothing accepted a connection within {within:?}"),
            _ => error.to_string(),
        })?;
    let answer = converse(&mut conversation, password).map_err(|error| match error.kind() {
        ErrorKind::TimedOut => {
            format!("it took the connection but gave no answer within {within:?}")
        }
        ErrorKind::UnexpectedEof => "it closed the connection without an answer".to_owned(),
        _ => error.to_string(),
    })?;
    read(&answer)?.ok_or_else(|| "it answers without end".to_owned())
}

/// Sends the request and returns what comes back, once it can be judged or is longer than any answer.
fn converse(conversation: &mut Conversation, password: Option<&str>) -> io::Result<Vec<u8>> {
    if let Some(password) = password {
        authenticate(conversation, password)?;
    }
    conversation.send(REQUEST)?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while answer.len() < LONGEST && matches!(read(&answer), Ok(None)) {
        match conversation.receive(&mut buffer)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            read => answer.extend_from_slice(&buffer[..read]),
        }
    }
    Ok(answer)
}

/// A refusal is left to the answer of the request, which then says that a password is wanted.
fn authenticate(conversation: &mut Conversation, password: &str) -> io::Result<()> {
    let request = format!("*2\r\n$4\r\nAUTH\r\n${}\r\n{password}\r\n", password.len());
    conversation.send(request.as_bytes())?;
    let (mut answer, mut byte) = (Vec::new(), [0]);
    while line(&answer).is_none() && answer.len() < LONGEST {
        match conversation.receive(&mut byte)? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            _ => answer.extend(byte),
        }
    }
    Ok(())
}

/// Reads the answers to [`REQUEST`]; `None` while they are not complete.
fn read(answer: &[u8]) -> Result<Option<Greeting>, String> {
    let Some((pong, rest)) = line(answer) else {
        return Ok(None);
    };
    if is_refusal_of_strangers(&pong) {
        return Ok(Some(Greeting::default()));
    }
    if pong != "+PONG" {
        let shown: String = pong.chars().take(SHOWN).collect();
        return Err(format!("it answers PING with `{shown}`"));
    }
    let Some((header, text)) = line(rest) else {
        return Ok(None);
    };
    // Not every relative of Redis has INFO, or allows it to everybody.
    let Some(length) = header
        .strip_prefix('$')
        .and_then(|length| length.parse().ok())
    else {
        return Ok(Some(Greeting::default()));
    };
    Ok(text
        .get(..length)
        .map(|text| introduction(&String::from_utf8_lossy(text))))
}

/// The server lives and wants a password; whether the client has the right one is not for a greeting to find out.
fn is_refusal_of_strangers(answer: &str) -> bool {
    answer.starts_with("-NOAUTH") || answer.starts_with("-NOPERM")
}

fn line(bytes: &[u8]) -> Option<(String, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n")?;
    Some((
        String::from_utf8_lossy(&bytes[..end]).into_owned(),
        &bytes[end + 2..],
    ))
}

fn introduction(info: &str) -> Greeting {
    let fields: HashMap<_, _> = info
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    // Valkey also tells the Redis version that it is compatible with.
    let valkey = fields.get("valkey_version");
    let version = valkey.or_else(|| fields.get("redis_version"));
    Greeting {
        product: version.map(|_| {
            if valkey.is_some() {
                "valkey-server"
            } else {
                "redis-server"
            }
        }),
        version: version.map(|&version| version.to_owned()),
        pid: fields.get("process_id").and_then(|pid| pid.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn bulk(text: &str) -> String {
        format!("+PONG\r\n${}\r\n{text}\r\n", text.len())
    }

    #[test]
    fn a_redis_introduces_itself() {
        let answer = bulk("# Server\r\nredis_version:7.0.15\r\nprocess_id:42\r\n");
        let greeting = read(answer.as_bytes()).unwrap().unwrap();
        assert_eq!(greeting.product, Some("redis-server"));
        assert_eq!(greeting.version.as_deref(), Some("7.0.15"));
        assert_eq!(greeting.pid, Some(42));
    }

    #[test]
    fn a_valkey_is_not_taken_for_the_redis_it_stands_in_for() {
        let answer = bulk("redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:8.1.3\r\n");
        let greeting = read(answer.as_bytes()).unwrap().unwrap();
        assert_eq!(greeting.product, Some("valkey-server"));
        assert_eq!(greeting.version.as_deref(), Some("8.1.3"));
    }

    #[test]
    fn an_answer_is_waited_for_to_its_end() {
        let answer = bulk("redis_version:7.0.15\r\n");
        let complete = answer.len() - "\r\n".len();
        for end in 0..complete {
            assert!(
                read(&answer.as_bytes()[..end]).unwrap().is_none(),
                "{end} bytes"
            );
        }
        assert!(read(&answer.as_bytes()[..complete]).unwrap().is_some());
    }

    #[test]
    fn a_server_that_wants_a_password_is_alive() {
        let greeting = read(b"-NOAUTH Authentication required.\r\n")
            .unwrap()
            .unwrap();
        assert!(greeting.version.is_none());
    }

    #[test]
    fn a_server_without_info_is_alive() {
        assert!(
            read(b"+PONG\r\n-ERR unknown command\r\n")
                .unwrap()
                .is_some()
        );
    }

    #[test]
    fn another_protocol_is_no_redis() {
        let problem = read(b"HTTP/1.1 400 Bad Request\r\n").unwrap_err();
        assert_eq!(problem, "it answers PING with `HTTP/1.1 400 Bad Request`");
        assert!(read(b"-LOADING Redis is loading\r\n").is_err());
    }
}
