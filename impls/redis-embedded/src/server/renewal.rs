//! The parts of the state that outlive connections and restarts.

use super::state::State;

impl State {
    /// Takes over what a restart does not change, and the data if it is to be kept.
    pub(crate) fn take_over(&mut self, old: &mut State, keep: bool) {
        std::mem::swap(&mut self.control, &mut old.control);
        // The tasks of old connections may still run, so their numbers are not given again.
        self.last_client = old.last_client;
        self.random = old.random.clone();
        self.run_id = self.random.hex(40);
        self.cluster = old.cluster.take();
        if keep {
            std::mem::swap(&mut self.dbs, &mut old.dbs);
            // Libraries are data, other than scripts.
            #[cfg(feature = "scripts")]
            std::mem::swap(&mut self.functions, &mut old.functions);
        }
        self.note_news();
    }

    /// What HELLO and INFO call the mode of the server.
    pub(crate) fn mode(&self) -> &'static str {
        match self.cluster {
            Some(_) => "cluster",
            None => "standalone",
        }
    }

    /// Whether there are messages for the other nodes of the cluster.
    pub(crate) fn has_mail(&self) -> bool {
        let member = self.cluster.as_ref();
        member.is_some_and(|member| !member.outbox.is_empty())
    }

    /// Forgets all connections; their tasks find that out, and end without another word.
    pub(crate) fn drop_connections(&mut self) {
        let ids: Vec<u64> = self.clients.keys().copied().collect();
        for id in ids {
            self.drop_connection(id);
        }
    }

    /// Whether there are as many connections as there may be.
    pub(crate) fn is_full(&self) -> bool {
        let limit = self.config.get("maxclients").parse::<usize>();
        limit.is_ok_and(|limit| self.clients.len() >= limit)
    }

    /// Forgets one connection; false when there is none of that number.
    pub(crate) fn drop_connection(&mut self, id: u64) -> bool {
        let Some(client) = self.clients.get(&id) else {
            return false;
        };
        client.wake.notify_one();
        self.forget(id);
        true
    }
}
