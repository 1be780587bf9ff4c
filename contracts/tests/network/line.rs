//! A client and its server, with a network between them.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use contrait::Network;

/// What does not come within that time never comes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A listening server, and the network in front of it.
pub(crate) struct Line {
    server: TcpListener,
    pub(crate) network: Network,
    pub(crate) address: SocketAddr,
}

/// A connection, as both sides see it.
pub(crate) struct Ends {
    pub(crate) client: TcpStream,
    pub(crate) server: TcpStream,
}

impl Line {
    pub(crate) fn new() -> Self {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let network = Network::default();
        let address = network.route(server.local_addr().unwrap()).unwrap();
        Self {
            server,
            network,
            address,
        }
    }

    pub(crate) fn connect(&self) -> Ends {
        let client = TcpStream::connect(self.address).unwrap();
        let (server, _) = self.server.accept().unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        server.set_read_timeout(Some(PATIENCE)).unwrap();
        Ends { client, server }
    }
}

impl Ends {
    pub(crate) fn ask(&mut self, text: &str) -> io::Result<String> {
        self.client.write_all(text.as_bytes())?;
        receive(&mut self.server, text.len())
    }

    pub(crate) fn answer(&mut self, text: &str) -> io::Result<String> {
        self.server.write_all(text.as_bytes())?;
        receive(&mut self.client, text.len())
    }
}

pub(crate) fn receive(from: &mut TcpStream, length: usize) -> io::Result<String> {
    let mut bytes = vec![0; length];
    from.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Whether nothing is there to be read, now.
pub(crate) fn is_silent(from: &mut TcpStream) -> bool {
    from.set_nonblocking(true).unwrap();
    let read = from.read(&mut [0]);
    from.set_nonblocking(false).unwrap();
    matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
}

/// How many bytes are there to be read, now.
pub(crate) fn ready(from: &mut TcpStream) -> usize {
    let mut bytes = Vec::new();
    from.set_nonblocking(true).unwrap();
    // What is there is read whole before it would block.
    let _ = from.read_to_end(&mut bytes);
    from.set_nonblocking(false).unwrap();
    bytes.len()
}

/// How a stream ends, after what is still there to be read.
pub(crate) fn end(from: &mut TcpStream) -> io::Result<usize> {
    io::copy(from, &mut io::sink()).map(|length| usize::try_from(length).unwrap())
}

/// Waits, outside of any runtime.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let waited = tokio::time::timeout(PATIENCE, future).await;
        waited.expect("it comes in time")
    })
}
