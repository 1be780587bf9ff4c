//! Free ports.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;

/// Below the ports that kernels give to outgoing connections (Linux from 32768, others from 49152). From there, while a
/// killed server is down, somebody's connection could take its port, and a client that tries again and again to reach
/// it could even be connected to itself.
const RANGE: Range<u16> = 18_000..32_000;
const TRIES: u16 = 200;

/// A port on 127.0.0.1 that nobody listened on a moment ago.
pub(crate) fn free() -> io::Result<u16> {
    // Processes that start together must not try the same ports in the same order.
    let random = RandomState::new().hash_one(0);
    let offset = u16::try_from(random % u64::from(RANGE.end - RANGE.start)).unwrap_or_default();
    let width = RANGE.end - RANGE.start;
    (0..TRIES)
        .map(|step| RANGE.start + (offset + step) % width)
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .map_or_else(any, Ok)
}

fn any() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    #[test]
    fn a_free_port_can_be_bound() {
        // Another test may take a port between the two calls, but not each of many.
        let bound = |_| TcpListener::bind((Ipv4Addr::LOCALHOST, super::free().unwrap())).is_ok();
        assert!((0..20).any(bound));
    }
}
