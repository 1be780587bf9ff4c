//! Whether the server accepts connections, as a test has it.

use tokio::sync::watch;

/// How the server stands to new connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    /// They wait in the queue of the operating system.
    Paused,
    /// They are refused.
    Closed,
    /// The port could not be opened again.
    Failed,
}

/// What a test wants, and how far the listener has followed it.
pub(crate) struct Gates {
    pub(crate) wanted: watch::Sender<Gate>,
    pub(crate) reached: watch::Sender<Gate>,
}

impl Gates {
    pub(crate) fn new() -> Gates {
        Gates {
            wanted: watch::Sender::new(Gate::Open),
            reached: watch::Sender::new(Gate::Open),
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.wanted.borrow() == Gate::Closed
    }
}
