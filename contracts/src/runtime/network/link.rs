//! One connection through the network: two streams, and a thread for each way.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::Direction;
use super::shared::{Passage, Shared};

const PIECE: usize = 16 * 1024;
/// How often a thread that cannot get rid of a piece looks whether the connection is still there.
const LOOK: Duration = Duration::from_millis(100);

pub(super) struct Link {
    pub(super) id: u64,
    client: TcpStream,
    /// There once it is connected.
    server: OnceLock<TcpStream>,
    ended: AtomicBool,
    lost_to_server: AtomicBool,
    lost_to_client: AtomicBool,
}

/// Serves one client until both ways have ended.
pub(super) fn serve(shared: &Shared, client: TcpStream, server: SocketAddr) {
    // Before the server hears of it: whoever resets what the server has seen resets this as well.
    let Some(link) = shared.open(|id| Link::new(id, client)) else {
        return;
    };
    if let Some(server) = link.connect(server) {
        thread::scope(|scope| {
            let replies = thread::Builder::new().name("network".to_owned());
            let replies = replies.spawn_scoped(scope, || {
                pump(shared, &link, (server, &link.client), Direction::ToClient);
            });
            if replies.is_ok() {
                pump(shared, &link, (&link.client, server), Direction::ToServer);
            }
        });
    }
    shared.forget(&link);
}

impl Link {
    fn new(id: u64, client: TcpStream) -> Self {
        prepare(&client);
        Self {
            id,
            client,
            server: OnceLock::new(),
            ended: AtomicBool::new(false),
            lost_to_server: AtomicBool::new(false),
            lost_to_client: AtomicBool::new(false),
        }
    }

    /// The stream to the server; without one the client is reset.
    fn connect(&self, server: SocketAddr) -> Option<&TcpStream> {
        if let Ok(server) = TcpStream::connect(server) {
            prepare(&server);
            let server = self.server.get_or_init(|| server);
            // A reset since has either seen the stream or is seen here.
            if !self.has_ended() {
                return Some(server);
            }
        }
        // The nearest to a refusal that is left, now that the client is connected.
        self.reset();
        None
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::SeqCst)
    }

    pub(super) fn has_lost(&self, way: Direction) -> bool {
        self.lost(way).load(Ordering::Acquire)
    }

    pub(super) fn lose(&self, way: Direction) {
        self.lost(way).store(true, Ordering::Release);
    }

    /// Resets both sides as soon as the threads let go of the streams. Who holds something back is still to be told.
    pub(super) fn reset(&self) {
        self.ended.store(true, Ordering::SeqCst);
        for stream in [Some(&self.client), self.server.get()]
            .into_iter()
            .flatten()
        {
            reset_on_close(stream);
            // Wakes a thread that reads, and sends nothing. The stream may have ended by itself.
            let _ = stream.shutdown(Shutdown::Read);
        }
    }

    fn lost(&self, way: Direction) -> &AtomicBool {
        match way {
            Direction::ToServer => &self.lost_to_server,
            _ => &self.lost_to_client,
        }
    }

    /// Hands `bytes` on; false once that is in vain.
    fn send(&self, mut to: &TcpStream, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.has_ended() {
                return false;
            }
            match to.write(bytes) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(error) if is_passing(error.kind()) => {}
                Err(_) => return false,
            }
        }
        true
    }
}

/// Hands on what comes in one way, until that ends.
fn pump(shared: &Shared, link: &Link, (mut from, to): (&TcpStream, &TcpStream), way: Direction) {
    let mut buffer = [0; PIECE];
    let goes_on = loop {
        let length = match from.read(&mut buffer) {
            Ok(length) => length,
            Err(error) if is_passing(error.kind()) => continue,
            Err(_) => break false,
        };
        let piece = &buffer[..length];
        let handed_on = match shared.admit(link, way, length) {
            // A half-closed stream goes on in the other way.
            Passage::Whole if piece.is_empty() => break to.shutdown(Shutdown::Write).is_ok(),
            Passage::Whole => link.send(to, piece),
            Passage::Part(part) => {
                link.send(to, &piece[..part]);
                false
            }
            Passage::Replaced(bytes) => link.send(to, &bytes),
            Passage::Lost if piece.is_empty() => break true,
            Passage::Lost => true,
            Passage::Ended => false,
        };
        if !handed_on {
            break false;
        }
    };
    if !goes_on {
        link.reset();
        shared.wake();
    }
}

fn prepare(stream: &TcpStream) {
    // Whatever a socket refuses, it still carries bytes.
    let _ = stream.set_nodelay(true);
    let _ = stream.set_write_timeout(Some(LOOK));
}

fn reset_on_close(stream: &TcpStream) {
    // A socket that is gone needs no reset.
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
    )
}
