//! Histories made up for trying a checker: many clients, always busy, linearizable or nearly so.
//!
//! A system is simulated that is correct by construction: each operation takes effect at one moment between its call and
//! its return. A violation is one answer of it, changed afterwards.

use super::history::{By, End, Entry, History};

/// A source of numbers that are the same on every machine (splitmix64).
#[derive(Clone, Debug)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number, the next of them.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        super::fingerprint::scramble(self.0)
    }

    /// One below `end`.
    ///
    /// # Panics
    /// Where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        assert!(end > 0, "no number is below 0");
        ((u128::from(self.draw()) * u128::from(end)) >> 64) as u64
    }

    /// True `percent` times of a hundred.
    pub fn percent(&mut self, percent: f64) -> bool {
        (self.below(1_000_000) as f64) < percent * 10_000.0
    }
}

/// How a dense history is made.
#[derive(Clone, Debug)]
pub struct Dense {
    /// The same seed makes the same history.
    pub seed: u64,
    /// How many clients call at once.
    pub clients: u32,
    /// How many operations there are.
    pub operations: usize,
    /// How many of a hundred have an unknown outcome. Half of these take effect, at some later time.
    pub unknown_percent: f64,
}

impl Dense {
    /// Eight clients, all outcomes known.
    pub fn new(seed: u64, operations: usize) -> Self {
        Self {
            seed,
            clients: 8,
            operations,
            unknown_percent: 0.0,
        }
    }

    /// A history of operations that `choose` picks and `apply` answers, one at a time.
    pub fn history<O: Clone, R>(
        &self,
        mut choose: impl FnMut(&mut Numbers) -> O,
        mut apply: impl FnMut(&O) -> R,
    ) -> History<O, R> {
        let mut simulation = Simulation {
            numbers: Numbers::new(self.seed),
            clients: (0..self.clients).map(|_| Client::Idle).collect(),
            late: Vec::new(),
            history: Vec::new(),
            now: 0,
        };
        while simulation.history.len() < self.operations || simulation.is_busy() {
            let more = simulation.history.len() < self.operations;
            simulation.advance(self, more, &mut choose, &mut apply);
        }
        simulation.finish()
    }
}

/// What a simulated client is doing.
enum Client<R> {
    Idle,
    /// Its call, an index, has not taken effect.
    Called(usize),
    /// It has, and this will be answered.
    Applied(usize, R),
}

struct Simulation<O, R> {
    numbers: Numbers,
    clients: Vec<Client<R>>,
    /// Calls that were given up and will yet take effect.
    late: Vec<usize>,
    history: Vec<(u32, O, u64, Option<End<R>>)>,
    now: u64,
}

impl<O: Clone, R> Simulation<O, R> {
    fn is_busy(&self) -> bool {
        self.clients
            .iter()
            .any(|client| !matches!(client, Client::Idle))
    }

    /// One client goes one step further.
    fn advance(
        &mut self,
        dense: &Dense,
        more: bool,
        choose: &mut impl FnMut(&mut Numbers) -> O,
        apply: &mut impl FnMut(&O) -> R,
    ) {
        let client = self.numbers.below(self.clients.len() as u64) as u32;
        let now = self.now;
        self.now += 1;
        if !self.late.is_empty() && self.numbers.percent(5.0) {
            let late = self.numbers.below(self.late.len() as u64) as usize;
            let late = self.late.swap_remove(late);
            apply(&self.history[late].1);
        }
        let place = &mut self.clients[client as usize];
        *place = match std::mem::replace(place, Client::Idle) {
            Client::Idle if more => {
                let operation = choose(&mut self.numbers);
                self.history.push((client, operation, now, None));
                Client::Called(self.history.len() - 1)
            }
            Client::Idle => Client::Idle,
            Client::Called(call) if self.numbers.percent(dense.unknown_percent) => {
                if self.numbers.percent(50.0) {
                    self.late.push(call);
                }
                let why = "timeout".to_owned();
                self.history[call].3 = Some(End::Unknown { why });
                Client::Idle
            }
            Client::Called(call) => Client::Applied(call, apply(&self.history[call].1)),
            Client::Applied(call, outcome) => {
                self.history[call].3 = Some(End::Returned { at: now, outcome });
                Client::Idle
            }
        };
    }

    fn finish(self) -> History<O, R> {
        let entry = |(client, operation, from, end): (u32, O, u64, Option<End<R>>)| Entry {
            by: By::Client(client),
            operation,
            from,
            end: end.expect("all clients are idle"),
        };
        self.history.into_iter().map(entry).collect()
    }
}

impl<O, R> History<O, R> {
    /// Changes one outcome, if `change` can, at random in the last tenth of the history; answers which entry's.
    pub fn spoil(
        &mut self,
        seed: u64,
        mut change: impl FnMut(&O, &mut R) -> bool,
    ) -> Option<usize> {
        let mut numbers = Numbers::new(seed);
        let tail = self.len() / 10 + 1;
        for _ in 0..4 * tail {
            let index = self
                .len()
                .checked_sub(1 + numbers.below(tail as u64) as usize)?;
            let entry = &mut self.entries_mut()[index];
            if let End::Returned { outcome, .. } = &mut entry.end
                && change(&entry.operation, outcome)
            {
                return Some(index);
            }
        }
        None
    }
}
