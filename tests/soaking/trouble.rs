//! One fault: it comes while everybody works, stays for a while, and goes.

use std::cell::Cell;
use std::time::Duration;

use contrait::check::linearizability::Client;
use contrait::{Direction, Network, Server, ServerState};

use super::history::{Answer, Operation};
use super::{Dice, Outcome};

pub(super) struct Trouble<'a> {
    network: &'a Network,
    server: &'a Server,
    kinds: Vec<&'static str>,
    dice: Dice,
}

/// Whether a server ever refuses what needs memory or changes something, as every Redis may. A backend whose server never
/// does says so by [`Context::shared`](contrait::Context::shared).
pub(crate) struct Refuses(pub(crate) bool);

const KINDS: [&str; 9] = [
    "reset",
    "cut",
    "stall",
    "black hole",
    "delay",
    "refusal",
    "kill",
    "stop",
    "freeze",
];
const REFUSALS: [&str; 2] = ["full memory", "read-only"];

impl<'a> Trouble<'a> {
    pub(super) fn new(
        network: &'a Network,
        server: &'a Server,
        Refuses(refuses): &Refuses,
        seed: u64,
    ) -> Self {
        let refusals = if *refuses { &REFUSALS[..] } else { &[] };
        Self {
            network,
            server,
            kinds: [&KINDS, refusals].concat(),
            dice: Dice(Cell::new(seed)),
        }
    }

    /// For somebody else's dice.
    pub(super) fn seed(&self) -> u64 {
        self.dice.below(u64::MAX)
    }

    /// Makes it, and says of which kind it was. `client` records when the server loses what it has.
    pub(super) async fn make(
        &self,
        mut client: Client<Operation, Answer>,
    ) -> Outcome<&'static str> {
        let kind = self.kinds[usize::try_from(self.dice.below(self.kinds.len() as u64))?];
        match kind {
            "reset" => self.network.reset(),
            "cut" => {
                let cut = self
                    .network
                    .reset_after(self.direction(), self.dice.below(4000));
                self.last().await;
                cut.heal();
            }
            "stall" => {
                let stalled = self.network.stall(self.direction());
                self.last().await;
                stalled.heal();
            }
            "black hole" => {
                let hole = self.network.black_hole(self.direction());
                self.last().await;
                hole.heal();
            }
            "delay" => {
                let delay = Duration::from_millis(1 + self.dice.below(20));
                let slow = self.network.delay(self.direction(), delay);
                self.last().await;
                slow.heal();
            }
            "refusal" => {
                let refused = self.network.refuse();
                self.network.reset();
                self.last().await;
                refused.heal();
            }
            "kill" | "stop" => {
                let lost = client.call(Operation::wipe());
                match kind {
                    "kill" => self.server.kill().await?,
                    _ => self.server.stop().await?,
                }
                self.last().await;
                self.server.restart().await?;
                lost.returned(Answer::Done);
            }
            "freeze" => {
                self.server.freeze().await?;
                self.last().await;
                self.server.thaw().await?;
            }
            "full memory" => self.hamper(ServerState::Full).await?,
            _ => self.hamper(ServerState::ReadOnly).await?,
        }
        Ok(kind)
    }

    async fn hamper(&self, state: ServerState) -> Outcome {
        self.server.enter(state).await?;
        self.last().await;
        Ok(self.server.enter(ServerState::Serving).await?)
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
