//! Short, bounded conversations with servers.
//!
//! A client library asked whether a server is there may try for ten seconds or half a minute, so the question is put over
//! plain sockets. Every conversation has one deadline for all of its steps.

use std::fmt::{self, Display, Formatter};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// An address that can be shown: it never holds a user or a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Tcp { host: String, port: u16 },
    Unix(PathBuf),
}

/// One conversation.
#[derive(Debug)]
pub(crate) struct Conversation {
    stream: Stream,
    deadline: Instant,
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Address {
    /// Connects; the conversation ends `within` that time from now.
    pub(crate) fn connect(&self, within: Duration) -> io::Result<Conversation> {
        let deadline = Instant::now() + within;
        let stream = match self {
            Self::Tcp { host, port } => Stream::Tcp(connect_tcp(host, *port, deadline)?),
            Self::Unix(path) => Stream::Unix(UnixStream::connect(path)?),
        };
        Ok(Conversation { stream, deadline })
    }
}

impl Conversation {
    pub(crate) fn send(&mut self, request: &[u8]) -> io::Result<()> {
        let left = Some(left(self.deadline)?);
        match &mut self.stream {
            Stream::Tcp(stream) => {
                stream.set_write_timeout(left)?;
                stream.write_all(request)
            }
            Stream::Unix(stream) => {
                stream.set_write_timeout(left)?;
                stream.write_all(request)
            }
        }
    }

    /// Reads what has come into `buffer`; zero bytes mean that the server has closed the connection.
    pub(crate) fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = Some(left(self.deadline)?);
            let read = match &mut self.stream {
                Stream::Tcp(stream) => {
                    stream.set_read_timeout(left)?;
                    stream.read(buffer)
                }
                Stream::Unix(stream) => {
                    stream.set_read_timeout(left)?;
                    stream.read(buffer)
                }
            };
            match read {
                // A read with a time limit is not taken up again by the kernel after a signal.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // What a socket's own timeout is called differs between systems.
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(ErrorKind::TimedOut.into());
                }
                read => return read,
            }
        }
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{}", path.display()),
        }
    }
}

/// Tries every address of the host, as clients do: `localhost` often has two, and a server behind one of them.
fn connect_tcp(host: &str, port: u16, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::other("its name has no address");
    for address in resolve(host.to_owned(), port, deadline)? {
        match TcpStream::connect_timeout(&address, left(deadline)?) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Looks the name up in a thread of its own, since the system's resolver takes as long as it likes. A thread that is left
/// behind by the deadline ends with the look-up.
fn resolve(host: String, port: u16, deadline: Instant) -> io::Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let (sender, receiver) = mpsc::channel();
    thread::Builder::new().spawn(move || {
        let found = (host.as_str(), port)
            .to_socket_addrs()
            .map(Iterator::collect);
        // Nobody listens any more after the deadline.
        let _ = sender.send(found);
    })?;
    let timed_out = |_| {
        io::Error::new(
            ErrorKind::TimedOut,
            "its name could not be looked up in time",
        )
    };
    receiver.recv_timeout(left(deadline)?).map_err(timed_out)?
}

fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    if left.is_zero() {
        Err(ErrorKind::TimedOut.into())
    } else {
        Ok(left)
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::TcpListener;
    use std::time::{Duration, Instant};

    use super::Address;

    fn local(port: u16) -> Address {
        Address::Tcp {
            host: "127.0.0.1".into(),
            port,
        }
    }

    #[test]
    fn a_server_that_says_nothing_is_left_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = local(listener.local_addr().unwrap().port());
        let start = Instant::now();
        let mut conversation = address.connect(Duration::from_millis(50)).unwrap();
        conversation.send(b"hello?").unwrap();
        let error = conversation.receive(&mut [0; 8]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(start.elapsed() >= Duration::from_millis(50));
    }

    #[test]
    fn names_are_looked_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let address = Address::Tcp {
            host: "localhost".into(),
            port,
        };
        assert!(address.connect(Duration::from_secs(5)).is_ok());
    }

    #[test]
    fn an_address_of_version_6_is_shown_in_brackets() {
        let address = Address::Tcp {
            host: "::1".into(),
            port: 7,
        };
        assert_eq!(address.to_string(), "[::1]:7");
        assert_eq!(local(7).to_string(), "127.0.0.1:7");
    }
}
