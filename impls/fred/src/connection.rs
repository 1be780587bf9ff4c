//! One connection of fred, kept as long as somebody holds it.
//!
//! fred's background task holds the client that it serves, so that dropping every handle alone would leave task and
//! socket behind for good. `quit` would not do: it waits for a server that may be away, and under the option to fail
//! fast it is refused, since it first marks the client as disconnecting.

use fred::clients::{Client, WithOptions};
use fred::types::ConnectHandle;

/// A connected client, with the options for each of its commands, and the task behind it.
pub(crate) struct Connection {
    pub(crate) client: WithOptions<Client>,
    pub(crate) task: ConnectHandle,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}
