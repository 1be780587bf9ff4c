//! One fault: it comes while everybody works, stays for a while, and goes.

use std::cell::Cell;
use std::time::Duration;

use contrait::check::linearizability::Client;
use contrait::{Direction, Network, Server, ServerState};

use super::history::{Answer, Operation};
use super::{Dice, Outcome};

pub(super) struct Trouble<'a> {
    network: &'a Network,
    /// What happens to it; none where there are several.
    server: Option<&'a Server>,
    kinds: Vec<&'static str>,
    dice: Dice,
}

/// Whether a server ever refuses what needs memory or changes something, as every Redis may. A backend whose server never
/// does says so by [`Context::shared`](contrait::Context::shared).
pub(crate) struct Refuses(pub(crate) bool);

/// Of a network.
const TROUBLES: [&str; 6] = ["reset", "cut", "stall", "black hole", "delay", "refusal"];
/// Of a server.
const OUTAGES: [&str; 3] = ["kill", "stop", "freeze"];
const REFUSALS: [&str; 2] = ["full memory", "read-only"];

impl<'a> Trouble<'a> {
    pub(super) fn new(
        network: &'a Network,
        server: Option<(&'a Server, &Refuses)>,
        seed: u64,
    ) -> Self {
        let kinds: [&[&str]; 3] = match server {
            Some((_, Refuses(true))) => [&TROUBLES, &OUTAGES, &REFUSALS],
            Some((_, Refuses(false))) => [&TROUBLES, &OUTAGES, &[]],
            None => [&TROUBLES, &[], &[]],
        };
        Self {
            network,
            server: server.map(|(server, _)| server),
            kinds: kinds.concat(),
            dice: Dice(Cell::new(seed)),
        }
    }

    /// For somebody else's dice.
    pub(super) fn seed(&self) -> u64 {
        self.dice.below(u64::MAX)
    }

    /// Makes it, and says of which kind it was. `client` records when the server loses what it has.
    pub(super) async fn make(&self, client: Client<Operation, Answer>) -> Outcome<&'static str> {
        let kind = self.kinds[usize::try_from(self.dice.below(self.kinds.len() as u64))?];
        match self.server {
            Some(server) if !TROUBLES.contains(&kind) => {
                self.befall(server, kind, client).await?;
            }
            _ => self.disturb(kind).await,
        }
        Ok(kind)
    }

    /// What happens to the network.
    async fn disturb(&self, kind: &str) {
        let network = self.network;
        let disturbed = match kind {
            "cut" => network.reset_after(self.direction(), self.dice.below(4000)),
            "stall" => network.stall(self.direction()),
            "black hole" => network.black_hole(self.direction()),
            "delay" => {
                let delay = Duration::from_millis(1 + self.dice.below(20));
                network.delay(self.direction(), delay)
            }
            "refusal" => {
                let refused = network.refuse();
                network.reset();
                refused
            }
            _ => return network.reset(),
        };
        self.last().await;
        disturbed.heal();
    }

    /// What happens to the server.
    async fn befall(
        &self,
        server: &Server,
        kind: &str,
        mut client: Client<Operation, Answer>,
    ) -> Outcome {
        match kind {
            "freeze" => {
                server.freeze().await?;
                self.last().await;
                server.thaw().await?;
            }
            "full memory" => self.hamper(server, ServerState::Full).await?,
            "read-only" => self.hamper(server, ServerState::ReadOnly).await?,
            _ => {
                let lost = client.call(Operation::wipe());
                match kind {
                    "kill" => server.kill().await?,
                    _ => server.stop().await?,
                }
                self.last().await;
                server.restart().await?;
                lost.returned(Answer::Done);
            }
        }
        Ok(())
    }

    async fn hamper(&self, server: &Server, state: ServerState) -> Outcome {
        server.enter(state).await?;
        self.last().await;
        Ok(server.enter(ServerState::Serving).await?)
    }

    /// Some below a client's patience, and some above.
    async fn last(&self) {
        let millis = 100 + self.dice.below(1500);
        tokio::time::sleep(Duration::from_millis(millis)).await;
    }

    fn direction(&self) -> Direction {
        match self.dice.below(3) {
            0 => Direction::ToClient,
            1 => Direction::ToServer,
            _ => Direction::Both,
        }
    }
}
