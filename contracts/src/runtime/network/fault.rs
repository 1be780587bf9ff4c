//! A fault: what it does to a piece of traffic, and the guard that ends it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Direction;
use super::shared::Shared;

/// What happens.
pub(super) enum Kind {
    Stall,
    BlackHole,
    Delay(Duration),
    /// Bytes that are still to go before; none once it has happened.
    ResetAfter(Option<u64>),
    Replace(Arc<[u8]>),
    Refuse,
}

/// A fault that is there.
pub(super) struct Active {
    pub(super) id: u64,
    pub(super) direction: Direction,
    pub(super) kind: Kind,
    pub(super) hits: u64,
}

/// A fault of a [`Network`](super::Network), which ends when this is dropped.
#[must_use = "the fault ends when this is dropped"]
pub struct NetworkFault {
    shared: Arc<Shared>,
    id: u64,
}

pub(super) fn begin(shared: &Arc<Shared>, direction: Direction, kind: Kind) -> NetworkFault {
    NetworkFault {
        id: shared.begin_fault(direction, kind),
        shared: Arc::clone(shared),
    }
}

impl NetworkFault {
    /// How often it has met something: pieces held back, lost, delayed or replaced; or connections reset. A piece is
    /// what was read at once, mostly a request or a reply. None after all faults were [healed](super::Network::heal).
    pub fn hits(&self) -> u64 {
        self.shared.hits(self.id)
    }

    /// Waits until it has met so many.
    pub async fn reached(&self, hits: u64) {
        self.shared.until(|| self.hits() >= hits).await;
    }

    /// Ends it, as dropping it does.
    pub fn heal(self) {}
}

impl Drop for NetworkFault {
    fn drop(&mut self) {
        self.shared.end_faults(|fault| fault.id == self.id);
    }
}

impl fmt::Debug for NetworkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NetworkFault")
            .field("hits", &self.hits())
            .finish_non_exhaustive()
    }
}
