//! What happens to a real server in operation: restarts, outages, connections that are cut.

use std::io;

use crate::server::Server;
use crate::server::gate::Gate;
use crate::server::shared::Shared;

impl Server {
    /// Restarts the server with its data, as Redis does with a snapshot: connections are closed,
    /// and transactions, subscriptions, scripts, statistics and what CONFIG and ACL have set are
    /// gone. The port stays open, so that clients can connect again at once; the clock, the faults
    /// and the log stay as they are.
    pub fn restart(&self) {
        self.renew(true);
    }

    /// Restarts the server without its data.
    pub fn restart_empty(&self) {
        self.renew(false);
    }

    fn renew(&self, keep: bool) {
        let shared = self.shared();
        let mut fresh = self
            .settings()
            .fresh_state(self.addr().port(), shared.clock.micros());
        {
            let mut state = shared.lock();
            fresh.take_over(&mut state, keep);
            state.drop_connections();
            *state = fresh;
        }
        shared.timer.notify_one();
    }

    /// How many connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared().lock().clients.len()
    }

    /// Closes all connections without another word. Clients can connect again.
    pub fn disconnect_all(&self) {
        self.shared().lock().drop_connections();
    }

    /// Closes one connection, whose number `CLIENT ID` and the [log](Server::log) give; false when
    /// there is none of that number.
    pub fn disconnect(&self, connection: u64) -> bool {
        self.shared().lock().drop_connection(connection)
    }

    /// Accepts no connections from now on: clients can connect, and wait for an answer until
    /// [`accept_connections`](Server::accept_connections). Open connections stay.
    ///
    /// # Errors
    ///
    /// When the server has stopped.
    pub async fn pause_accepting(&self) -> io::Result<()> {
        set_gate(&self.shared(), Gate::Paused).await
    }

    /// Closes the port: clients that connect are refused, until
    /// [`accept_connections`](Server::accept_connections). Open connections stay;
    /// [`disconnect_all`](Server::disconnect_all) closes them. On a Unix socket and in memory,
    /// connections are closed as soon as they are made.
    ///
    /// # Errors
    ///
    /// When the server has stopped.
    pub async fn refuse_connections(&self) -> io::Result<()> {
        set_gate(&self.shared(), Gate::Closed).await
    }

    /// Accepts connections again, on the same port.
    ///
    /// # Errors
    ///
    /// When somebody else has taken the port meanwhile.
    pub async fn accept_connections(&self) -> io::Result<()> {
        set_gate(&self.shared(), Gate::Open).await
    }
}

/// Sets the gate and waits until the listener stands by it.
async fn set_gate(shared: &Shared, gate: Gate) -> io::Result<()> {
    let mut reached = shared.gate.reached.subscribe();
    // An earlier failure says nothing about this attempt.
    shared.gate.reached.send_if_modified(|reached| {
        let failed = *reached == Gate::Failed;
        if failed {
            *reached = Gate::Closed;
        }
        failed
    });
    shared.gate.wanted.send_replace(gate);
    let stopped = |_| io::Error::other("the server has stopped");
    let found = reached
        .wait_for(|found| *found == gate || *found == Gate::Failed)
        .await
        .map_err(stopped)?;
    match *found {
        Gate::Failed => Err(io::Error::other("the port is not free any more")),
        _ => Ok(()),
    }
}
