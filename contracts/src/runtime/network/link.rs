//! One connection through the network: two streams, and a thread for each way.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::Direction;
use super::shared::{Passage, Shared};

const PIECE: usize = 16 * 1024;
/// How long a thread waits for a piece before it notes that there is none, and for getting rid of one before it looks
/// whether the connection is still there.
const LOOK: Duration = Duration::from_millis(100);

pub(super) struct Link {
    pub(super) id: u64,
    client: TcpStream,
    /// There once it is connected.
    server: OnceLock<TcpStream>,
    ended: AtomicBool,
    to_server: Way,
    to_client: Way,
}

#[derive(Default)]
struct Way {
    lost: AtomicBool,
    /// How often nothing was there to hand on; [`OVER`] once nothing more can come.
    emptied: AtomicU64,
}

const OVER: u64 = u64::MAX;

/// How often each way of a connection had nothing to hand on.
pub(super) struct Emptied {
    to_server: u64,
    to_client: u64,
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
            to_server: Way::default(),
            to_client: Way::default(),
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
        self.way(way).lost.load(Ordering::Acquire)
    }

    pub(super) fn lose(&self, way: Direction) {
        self.way(way).lost.store(true, Ordering::Release);
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

    pub(super) fn emptied(&self) -> Emptied {
        Emptied {
            to_server: self.to_server.emptied.load(Ordering::Acquire),
            to_client: self.to_client.emptied.load(Ordering::Acquire),
        }
    }

    /// Whether all that was sent before the account of `then` was taken has been handed on, both ways.
    pub(super) fn has_handed_on(&self, then: &Emptied) -> bool {
        // The first look after it may have begun before it.
        let since = |now, then| now == OVER || now > then + 1;
        let now = self.emptied();
        since(now.to_server, then.to_server) && since(now.to_client, then.to_client)
    }

    fn way(&self, way: Direction) -> &Way {
        match way {
            Direction::ToServer => &self.to_server,
            _ => &self.to_client,
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
fn pump(shared: &Shared, link: &Link, streams: (&TcpStream, &TcpStream), way: Direction) {
    let goes_on = pass_on(shared, link, streams, way);
    link.way(way).emptied.store(OVER, Ordering::Release);
    shared.tell();
    if !goes_on {
        link.reset();
        shared.wake();
    }
}

/// As [`pump`], and says whether the other way goes on.
fn pass_on(
    shared: &Shared,
    link: &Link,
    (mut from, to): (&TcpStream, &TcpStream),
    way: Direction,
) -> bool {
    let mut buffer = [0; PIECE];
    loop {
        let length = match from.read(&mut buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) if is_passing(error.kind()) => {
                link.way(way).emptied.fetch_add(1, Ordering::AcqRel);
                shared.tell();
                continue;
            }
            Err(_) => return false,
        };
        let piece = &buffer[..length];
        let handed_on = match shared.admit(link, way, length) {
            // A half-closed stream goes on in the other way.
            Passage::Whole if piece.is_empty() => return to.shutdown(Shutdown::Write).is_ok(),
            Passage::Whole => link.send(to, piece),
            Passage::Part(part) => {
                link.send(to, &piece[..part]);
                false
            }
            Passage::Replaced(bytes) => link.send(to, &bytes),
            Passage::Lost if piece.is_empty() => return true,
            Passage::Lost => true,
            Passage::Ended => false,
        };
        if !handed_on {
            return false;
        }
    }
}

fn prepare(stream: &TcpStream) {
    // Whatever a socket refuses, it still carries bytes.
    let _ = stream.set_nodelay(true);
    let _ = stream.set_read_timeout(Some(LOOK));
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
