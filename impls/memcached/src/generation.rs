//! The generation of a namespace: how it is cleared without touching anybody else's entries.
//!
//! memcached can neither list keys nor remove those of one prefix. So every stored key begins with a number that an item
//! of the namespace holds, and clearing is to give that item another number: what was stored before is found by nobody
//! any more, and makes room in time. Numbers are random, since the item can be lost like any other, and a number that
//! came again would bring entries back.
//!
//! Each request asks for the number before all else, and goes by the one that was seen last. Where it has changed, what
//! the request did was done to a generation that is gone, and the request is repeated in the present one.
//!
//! The item expires at the end of memcached's calendar. How long it still has tells the server's clock.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use contrait::cache::Namespace;

use crate::expiry::CALENDAR_END;
use crate::reply::Reply;
use crate::request::{Key, Request};

/// What a stored key begins with: no key of a generation begins as one of an entry does.
const OF_GENERATIONS: &[u8] = b"g";
const OF_ENTRIES: &[u8] = b"e";

/// The bytes that a stored key has beside the namespace and the caller's key.
pub(crate) const KEY_BYTES: usize = OF_ENTRIES.len() + size_of::<u64>();

/// The generation of a namespace, as far as it is known here.
pub(crate) struct Generation {
    key: Key,
    /// The number that was seen last; 0 for none.
    known: AtomicU64,
}

/// The item of the present generation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Present {
    pub(crate) number: u64,
    /// The server's clock as a date, in seconds.
    pub(crate) now: i64,
}

impl Generation {
    pub(crate) fn new(namespace: &Namespace) -> Self {
        Self {
            key: Key::new(&[OF_GENERATIONS, namespace.prefix().as_bytes()].concat()),
            known: AtomicU64::new(0),
        }
    }

    pub(crate) fn known(&self) -> Option<u64> {
        Some(self.known.load(Ordering::Relaxed)).filter(|known| *known != 0)
    }

    pub(crate) fn learn(&self, number: u64) {
        self.known.store(number, Ordering::Relaxed);
    }

    /// Asks for the present one.
    pub(crate) fn look_up(&self, request: &mut Request) {
        request.get(&self.key, "v t");
    }

    /// The answer; `None` where there is none, or something that is no generation.
    pub(crate) fn read(reply: &Reply) -> Option<Present> {
        let number: [u8; 8] = reply.value.as_deref()?.try_into().ok()?;
        let number = Some(u64::from_be_bytes(number)).filter(|number| *number != 0)?;
        let left = reply.left.filter(|left| *left >= 0)?;
        Some(Present {
            number,
            now: CALENDAR_END - left,
        })
    }

    /// Begins a new one, in place of the present one.
    pub(crate) fn begin(&self, request: &mut Request) {
        let flags = format!("T{CALENDAR_END}");
        request.set(&self.key, &fresh().to_be_bytes(), &flags);
    }

    /// Begins the first one, unless somebody else was faster.
    pub(crate) fn begin_first(&self, request: &mut Request) {
        let flags = format!("ME T{CALENDAR_END}");
        request.set(&self.key, &fresh().to_be_bytes(), &flags);
    }
}

/// The key of an entry under a joined key, in the generation of this number.
pub(crate) fn entry(number: u64, joined: &str) -> Key {
    Key::new(&[OF_ENTRIES, &number.to_be_bytes(), joined.as_bytes()].concat())
}

/// A number that nobody has had before, in whichever process.
fn fresh() -> u64 {
    RandomState::new().hash_one("a generation").max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_never_the_same() {
        let numbers: std::collections::HashSet<u64> = (0..1000).map(|_| fresh()).collect();
        assert_eq!(numbers.len(), 1000);
    }
}
