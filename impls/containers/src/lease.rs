//! The tie between a container and its users: a connection to its server.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread;
use std::time::{Duration, Instant};

use crate::Server;

/// Far above any server's start in a container that runs.
const START: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(5);

/// Connects to the server as soon as it answers.
///
/// # Errors
///
/// What happened last instead of an answer.
pub(crate) fn take(server: &Server, address: (&str, u16)) -> io::Result<TcpStream> {
    let deadline = Instant::now() + START;
    loop {
        match greet(server, address) {
            Err(_) if Instant::now() < deadline => thread::sleep(PAUSE),
            last => return last,
        }
    }
}

/// A connection alone proves nothing: the engine takes it before the server is there.
fn greet(server: &Server, address: (&str, u16)) -> io::Result<TcpStream> {
    let mut found = address.to_socket_addrs()?;
    let address = found.next().ok_or(io::ErrorKind::AddrNotAvailable)?;
    let mut stream = TcpStream::connect_timeout(&address, ANSWER)?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.write_all(server.hello)?;
    let mut answer = vec![0; server.answer.len()];
    stream.read_exact(&mut answer)?;
    if answer == server.answer {
        return Ok(stream);
    }
    let answer = String::from_utf8_lossy(&answer).into_owned();
    Err(io::Error::other(format!("it answers `{answer}`")))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    use super::{greet, take};
    use crate::Server;

    /// Takes a connection and answers its greeting.
    fn answer(listener: &TcpListener, with: &[u8]) -> TcpStream {
        let (mut stream, _) = listener.accept().unwrap();
        let mut hello = vec![0; Server::REDIS.hello.len()];
        stream.read_exact(&mut hello).unwrap();
        stream.write_all(with).unwrap();
        stream
    }

    #[test]
    fn a_connection_that_is_closed_before_an_answer_is_tried_again() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || {
            drop(listener.accept().unwrap());
            answer(&listener, b"+PONG\r\n")
        });
        let lease = take(&Server::REDIS, ("127.0.0.1", port)).unwrap();
        let mut other_end = server.join().unwrap();
        drop(lease);
        // The end of the lease is what the other side sees.
        assert_eq!(other_end.read(&mut [0; 8]).unwrap_or(0), 0);
    }

    #[test]
    fn another_answer_is_no_lease() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = thread::spawn(move || answer(&listener, b"-NOAUTH\r\n"));
        let error = greet(&Server::REDIS, ("127.0.0.1", port)).unwrap_err();
        assert_eq!(error.to_string(), "it answers `-NOAU`");
        server.join().unwrap();
    }
}
