//! Where the network would be, in a build whose cases ask for none: without its threads, ports and locks.

use std::io;
use std::net::SocketAddr;

/// The way to a server, on which nothing can fail.
#[derive(Default)]
pub struct Network;

impl Network {
    pub(crate) fn route(&self, server: SocketAddr) -> io::Result<SocketAddr> {
        Ok(server)
    }

    /// That nothing is in between is all that a case without `&Network` can want.
    pub(crate) fn is_routed(&self) -> bool {
        true
    }

    pub(crate) fn heal(&self) {}

    pub(crate) fn close(&self) {}
}
