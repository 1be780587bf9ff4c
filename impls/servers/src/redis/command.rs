//! Commands of an operator to a server: configuration, replication, clusters.
//!
//! What tests themselves send goes through a client. These are few and short, of words without spaces, so that they are
//! sent in line and no protocol is needed.

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::probe::Address;

/// Some commands write a snapshot before they answer.
const WITHIN: Duration = Duration::from_secs(10);
/// Far above any of the answers.
const LONGEST: usize = 1 << 20;

/// Sends `command` over a connection of its own, and returns the answer as it came, without its last line end.
///
/// # Errors
///
/// What the server answered instead, or what became of the connection, as a sentence fragment.
pub(super) fn ask(
    address: &Address,
    password: Option<&str>,
    command: &str,
) -> Result<String, String> {
    let answer = converse(address, password, command)
        .map_err(|error| format!("`{command}` was not answered: {error}"))?;
    let mut answer = answer.as_str();
    if password.is_some() {
        answer = answer.split_once("\r\n").map_or("", |(_, rest)| rest);
    }
    // That of QUIT.
    let answer = answer.strip_suffix("+OK\r\n").unwrap_or(answer).trim_end();
    match answer.strip_prefix('-') {
        Some(error) => Err(format!("`{command}` was refused: {error}")),
        None => Ok(answer.to_owned()),
    }
}

fn converse(address: &Address, password: Option<&str>, command: &str) -> io::Result<String> {
    let mut conversation = address.connect(WITHIN)?;
    let login = password.map_or(String::new(), |password| format!("AUTH {password}\r\n"));
    conversation.send(format!("{login}{command}\r\nQUIT\r\n").as_bytes())?;
    let (mut answer, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        match conversation.receive(&mut buffer)? {
            0 => return Ok(String::from_utf8_lossy(&answer).into_owned()),
            read => answer.extend_from_slice(&buffer[..read]),
        }
        if answer.len() > LONGEST {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}
