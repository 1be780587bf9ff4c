//! Who has the next turn: as a seed has it, or as a schedule says.

use super::brake::FINEST;
use super::plan::{Schedule, Turn, Units};

/// Chooses turns, and keeps what it chose.
pub(crate) struct Chooser {
    source: Source,
    taken: Vec<Turn>,
    /// How many of them it takes to have the others follow.
    needed: usize,
}

enum Source {
    Seed(Seed),
    Plan { turns: Vec<Turn>, next: usize },
}

struct Seed {
    rng: fastrand::Rng,
    style: Style,
    /// Whether there are tasks beside the clients.
    rest: bool,
    /// Who had the last turn.
    last: Option<usize>,
    /// Who has had a turn.
    begun: Vec<usize>,
}

/// How far clients run before another one may: a schedule has one way, since mistakes need different ones.
#[derive(Clone, Copy)]
enum Style {
    /// One await at a time, and then mostly another client.
    Fine,
    /// A few.
    Coarse,
    /// One, and sometimes on and on.
    Bursts,
}

impl Chooser {
    /// The same turns for the same seed.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self::new(Source::Seed(Seed::new(seed)))
    }

    /// The turns of `schedule`, as far as they can be had; then one client after the other.
    pub(crate) fn planned(schedule: Schedule) -> Self {
        let turns = schedule.turns;
        Self::new(Source::Plan { turns, next: 0 })
    }

    fn new(source: Source) -> Self {
        Self {
            source,
            taken: Vec::new(),
            needed: 0,
        }
    }

    /// What the turns were, as far as they do not follow from those before: without a plan, a client goes on as long as
    /// it can, and then the first of the others does.
    pub(crate) fn into_schedule(mut self) -> Schedule {
        self.taken.truncate(self.needed);
        Schedule { turns: self.taken }
    }

    /// Whether tasks beside the clients may have turns as well.
    pub(super) fn with_rest(&mut self, there: bool) {
        if let Source::Seed(seed) = &mut self.source {
            seed.rest = there;
        }
    }

    /// One of `runnable`, of which there is at least one.
    pub(super) fn choose(&mut self, runnable: &[usize]) -> Turn {
        let turn = match &mut self.source {
            Source::Seed(seed) => Some(seed.choose(runnable)),
            Source::Plan { turns, next } => planned(turns, next, runnable),
        };
        let follows = self.follows(runnable);
        let turn = turn.unwrap_or(follows);
        self.taken.push(turn);
        if turn != follows {
            self.needed = self.taken.len();
        }
        turn
    }

    fn follows(&self, runnable: &[usize]) -> Turn {
        let last = self.taken.last().and_then(Turn::client);
        let client = last
            .filter(|last| runnable.contains(last))
            .unwrap_or(runnable[0]);
        Turn::Client {
            client,
            units: Units::All,
        }
    }
}

impl Seed {
    fn new(seed: u64) -> Self {
        let mut rng = fastrand::Rng::with_seed(seed);
        let style = match rng.u8(..8) {
            0..6 => Style::Fine,
            6 => Style::Coarse,
            _ => Style::Bursts,
        };
        Self {
            rng,
            style,
            rest: false,
            last: None,
            begun: Vec::new(),
        }
    }

    fn choose(&mut self, runnable: &[usize]) -> Turn {
        if self.rest && self.rng.u8(..8) == 0 {
            return Turn::Rest;
        }
        let client = self.client(runnable);
        let units = self.units(client);
        self.last = Some(client);
        Turn::Client { client, units }
    }

    fn client(&mut self, runnable: &[usize]) -> usize {
        let chosen = runnable[self.rng.usize(..runnable.len())];
        let again = Some(chosen) == self.last && runnable.len() > 1;
        // Who has just had a turn holds what it waits for; it is others who then bring something new.
        if again && matches!(self.style, Style::Fine) && self.rng.u8(..4) > 0 {
            return self.client(runnable);
        }
        chosen
    }

    fn units(&mut self, client: usize) -> Units {
        // At first a client goes up to its first await: from there on, others may get in its way.
        let first = !self.begun.contains(&client);
        if first {
            self.begun.push(client);
            if self.rng.u8(..8) > 0 {
                return Units::Few(0);
            }
        }
        match self.style {
            Style::Fine => Units::Few(1),
            Style::Coarse => Units::Few(self.rng.u8(0..FINEST / 2)),
            Style::Bursts if self.rng.u8(..4) == 0 => Units::All,
            Style::Bursts => Units::Few(1),
        }
    }
}

/// The next turn that can be had.
fn planned(turns: &[Turn], next: &mut usize, runnable: &[usize]) -> Option<Turn> {
    while let Some(turn) = turns.get(*next) {
        *next += 1;
        if turn
            .client()
            .is_none_or(|client| runnable.contains(&client))
        {
            return Some(*turn);
        }
    }
    None
}
