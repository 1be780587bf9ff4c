//! The network between a backend's client and its server, which a case can make fail.
//!
//! It is a proxy on loopback that knows no protocol: bytes pass as they came, so that TLS passes as well. It runs on
//! threads of its own and by real time, so that a case which blocks its thread, or stops tokio's clock, does not stop it.
//! Which server is behind it is left to the backend, and what a client must do to the case.

mod fault;
mod link;
mod route;
mod shared;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fault::Kind;
pub use fault::NetworkFault;
use shared::Shared;

/// The network between client and server, as a case asks for it with a parameter `&Network`.
///
/// A fault begins with the call that asks for it and ends when its [`NetworkFault`] is dropped, or with
/// [`heal`](Self::heal). Several may be there at once.
///
/// ```
/// # use std::io::{Read, Write};
/// # use std::net::{TcpListener, TcpStream};
/// use contrait::{Direction, Network};
///
/// # fn main() -> std::io::Result<()> {
/// let server = TcpListener::bind("127.0.0.1:0")?;
/// let network = Network::default();
/// let mut client = TcpStream::connect(network.route(server.local_addr()?)?)?;
/// let (mut peer, _) = server.accept()?;
///
/// let stalled = network.stall(Direction::ToServer);
/// client.write_all(b"late")?;
/// stalled.heal();
/// let mut text = [0; 4];
/// peer.read_exact(&mut text)?;
/// assert_eq!(&text, b"late");
/// # Ok(())
/// # }
/// ```
///
/// In a suite the backend routes its client with [`Context::route`](crate::Context::route).
#[derive(Clone, Default)]
pub struct Network {
    owner: Arc<Owner>,
}

/// Which way a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the client to the server: requests.
    ToServer,
    /// From the server to the client: replies.
    ToClient,
    /// Both ways.
    Both,
}

impl Direction {
    /// Whether a fault of this direction meets what goes in `way`, which is one of the two.
    fn meets(self, way: Self) -> bool {
        self == Self::Both || self == way
    }
}

/// Ends the threads with the last handle.
#[derive(Default)]
struct Owner {
    shared: Arc<Shared>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.shared.close();
    }
}

impl Network {
    /// The address through which `server` is reached by way of this network: a port on 127.0.0.1, the same one
    /// whenever it is asked for.
    ///
    /// # Errors
    /// Where no port or no thread is to be had.
    pub fn route(&self, server: SocketAddr) -> io::Result<SocketAddr> {
        route::through(&self.owner.shared, server)
    }

    /// Holds back what is sent in `direction`; it arrives, in order, when the fault is over. Connections can be made.
    pub fn stall(&self, direction: Direction) -> NetworkFault {
        self.begin(direction, Kind::Stall)
    }

    /// Loses what is sent in `direction`, and says nothing of it: also the end of a connection is lost. A connection
    /// that has lost something is dead for good in that direction, as behind a router that forgot it; those made after
    /// the fault live.
    ///
    /// Connections can be made while it lasts, since the proxy's system accepts them; nothing comes of them.
    pub fn black_hole(&self, direction: Direction) -> NetworkFault {
        self.begin(direction, Kind::BlackHole)
    }

    /// Hands on what is sent in `direction` only `by` later, in order. The next piece begins its wait when the one
    /// before has ended.
    pub fn delay(&self, direction: Direction, by: Duration) -> NetworkFault {
        self.begin(direction, Kind::Delay(by))
    }

    /// Resets the first connection on which, counted over all of them, so many bytes more have gone in `direction`;
    /// none means: in place of the next piece. It is one reset, and the fault is harmless from then on.
    pub fn reset_after(&self, direction: Direction, bytes: u64) -> NetworkFault {
        self.begin(direction, Kind::ResetAfter(Some(bytes)))
    }

    /// Puts `bytes` in the place of each piece that is sent in `direction`, as a hostile or broken peer would.
    pub fn replace(&self, direction: Direction, bytes: impl Into<Vec<u8>>) -> NetworkFault {
        self.begin(direction, Kind::Replace(bytes.into().into()))
    }

    /// Refuses new connections: nobody listens at the routed addresses. Those that are there stay; see
    /// [`reset`](Self::reset). Nobody hears of a connection that was refused, so such a fault has no hits.
    pub fn refuse(&self) -> NetworkFault {
        self.begin(Direction::Both, Kind::Refuse)
    }

    /// Resets all connections that there are, on both sides. New ones can be made.
    pub fn reset(&self) {
        self.owner.shared.reset();
    }

    /// Ends all faults.
    pub fn heal(&self) {
        self.owner.shared.end_faults(|_| true);
    }

    /// How many connections there are.
    pub fn connections(&self) -> usize {
        self.owner.shared.connections()
    }

    /// How many bytes have gone in `direction` so far.
    pub fn passed(&self, direction: Direction) -> u64 {
        self.owner.shared.passed(direction)
    }

    /// Waits until `condition` holds: of [`connections`](Self::connections), [`passed`](Self::passed), or the
    /// [hits](NetworkFault::hits) of a fault.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        self.owner.shared.until(|| condition(self)).await;
    }

    /// Waits until all that was sent before this call has been handed on, both ways: each connection that is there now
    /// has nothing more to hand on, or has ended. After a [`stall`](Self::stall) that is over, whoever was late has
    /// arrived then. It takes a fifth of a second where nothing is on its way, and does not end before the faults that
    /// hold something back.
    pub async fn drained(&self) {
        self.owner.shared.drained().await;
    }

    fn begin(&self, direction: Direction, kind: Kind) -> NetworkFault {
        fault::begin(&self.owner.shared, direction, kind)
    }

    /// Whether a backend has put a server behind it.
    pub(crate) fn is_routed(&self) -> bool {
        self.owner.shared.is_routed()
    }

    /// Ends all connections and all threads.
    pub(crate) fn close(&self) {
        self.owner.shared.close();
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network")
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}
