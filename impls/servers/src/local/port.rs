//! Free ports, each of which is one server's for as long as it wants.
//!
//! A server that is down must find its port again, and its clients nobody else there. What takes the port would be in its
//! way, so whoever has one holds the port of UDP with the same number: no two processes can, and the kernel takes it back
//! from a process that dies.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::ops::Range;

/// Below the ports that kernels give to outgoing connections (Linux from 32768, others from 49152). From there, while a
/// killed server is down, somebody's connection could take its port, and a client that tries again and again to reach
/// it could even be connected to itself. Nodes of a cluster listen at a second port as well, higher by 10,000: that is no
/// other server's, and no connection's either.
const RANGE: Range<u16> = 12_000..22_000;
const TRIES: u16 = 200;

/// A port on 127.0.0.1 that nobody else is given while this value exists.
#[derive(Debug)]
pub(crate) struct Reserved {
    number: u16,
    _hold: Option<UdpSocket>,
}

impl Reserved {
    /// One that nobody listened on a moment ago.
    pub(crate) fn free() -> io::Result<Self> {
        // Processes that start together must not try the same ports in the same order.
        let random = RandomState::new().hash_one(0);
        let width = RANGE.end - RANGE.start;
        let offset = u16::try_from(random % u64::from(width)).unwrap_or_default();
        (0..TRIES)
            .map(|step| RANGE.start + (offset + step) % width)
            .find_map(Self::of)
            .map_or_else(Self::any, Ok)
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }

    /// This one, unless somebody has it.
    fn of(number: u16) -> Option<Self> {
        let hold = UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self {
            number,
            _hold: Some(hold),
        })
    }

    fn any() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let number = listener.local_addr()?.port();
        Ok(Self {
            number,
            _hold: UdpSocket::bind((Ipv4Addr::LOCALHOST, number)).ok(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::Reserved;

    #[test]
    fn a_reserved_port_can_be_listened_on_and_is_given_to_nobody_else() {
        let reserved = Reserved::free().unwrap();
        let number = reserved.number();
        assert!(Reserved::of(number).is_none());
        drop(TcpListener::bind((Ipv4Addr::LOCALHOST, number)).unwrap());
        assert!(Reserved::of(number).is_none());
    }

    #[test]
    fn a_port_that_is_let_go_is_free_again() {
        // Another test may take a port between the two calls, but not each of many.
        let again = |_| {
            let number = Reserved::free().unwrap().number();
            Reserved::of(number).is_some()
        };
        assert!((0..20).any(again));
    }

    #[test]
    fn a_port_that_somebody_listens_on_is_not_free() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let number = listener.local_addr().unwrap().port();
        assert!(Reserved::of(number).is_none());
    }
}
