//! How much a check may cost, and how an engine keeps to it.

use crate::report::counted;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The most that a check may take before its answer is [`Verdict::Unknown`](super::Verdict::Unknown).
///
/// Whether a history is linearizable is NP-complete to tell: there are histories that no machine gets done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The time that passes.
    pub time: Duration,
    /// The steps of the model that an engine takes, for a limit that is the same on every machine.
    pub steps: u64,
    /// The memory, in bytes, of what an engine remembers: an estimate, without what the model's states hold on the heap.
    pub memory: usize,
}

impl Default for Budget {
    /// A minute, any number of steps, and 1 GiB.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60),
            steps: u64::MAX,
            memory: 1 << 30,
        }
    }
}

/// Why a check has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exhausted {
    /// The time is up.
    Time(Duration),
    /// So many steps were taken.
    Steps(u64),
    /// So many bytes were not enough to remember what had been seen.
    Memory(usize),
    /// More calls were under way at once than the engine that was asked can follow.
    Clients(u32),
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => write!(f, "not decided within {time:?}"),
            Self::Steps(steps) => write!(
                f,
                "not decided within {} of the model",
                counted(*steps, "step")
            ),
            Self::Memory(bytes) => write!(f, "not decided within {} MiB", bytes >> 20),
            Self::Clients(most) => {
                let (calls, was) = (
                    counted(*most, "call"),
                    if *most == 1 { "was" } else { "were" },
                );
                write!(f, "more than {calls} {was} under way at once")
            }
        }
    }
}

/// Why an engine stopped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    Exhausted(Exhausted),
    /// The other engine has answered.
    Cancelled,
}

/// What two engines tell each other while they run side by side.
#[derive(Default)]
pub(super) struct Race {
    over: AtomicBool,
    alone: AtomicBool,
}

impl Race {
    /// One has answered.
    pub(super) fn finish(&self) {
        self.over.store(true, Ordering::Release);
    }

    /// One has given up.
    pub(super) fn leave(&self) {
        self.alone.store(true, Ordering::Release);
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Acquire)
    }
}

/// What an engine has spent.
pub(super) struct Meter<'r> {
    budget: Budget,
    race: Option<&'r Race>,
    end: Option<Instant>,
    steps: u64,
    looked: u64,
}

/// An engine looks at the clock once in so many steps.
const STRIDE: u64 = 1024;
/// What the depth-first engine may remember while the other one is still running, and likely to be done soon.
const BESIDE: usize = 8 << 20;

impl<'r> Meter<'r> {
    pub(super) fn new(budget: Budget, race: Option<&'r Race>) -> Self {
        Self {
            budget,
            race,
            end: Instant::now().checked_add(budget.time),
            steps: 0,
            looked: 0,
        }
    }

    /// Counts steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Stopped> {
        self.steps += steps as u64;
        if self.steps - self.looked < STRIDE {
            return Ok(());
        }
        self.looked = self.steps;
        self.look()
    }

    fn look(&self) -> Result<(), Stopped> {
        if self.race.is_some_and(Race::is_over) {
            return Err(Stopped::Cancelled);
        }
        if self.steps > self.budget.steps {
            return Err(Stopped::Exhausted(Exhausted::Steps(self.budget.steps)));
        }
        if self.end.is_some_and(|end| Instant::now() >= end) {
            return Err(Stopped::Exhausted(Exhausted::Time(self.budget.time)));
        }
        Ok(())
    }

    /// Whether `bytes` may be held.
    pub(super) fn hold(&self, bytes: usize) -> Result<(), Stopped> {
        if bytes <= self.budget.memory {
            return Ok(());
        }
        Err(Stopped::Exhausted(Exhausted::Memory(self.budget.memory)))
    }

    /// Whether `bytes` may be held; waits while they would be much and the other engine may yet make them needless.
    pub(super) fn hold_patiently(&self, bytes: usize) -> Result<(), Stopped> {
        if let Some(race) = self.race.filter(|_| bytes > BESIDE) {
            while !race.alone.load(Ordering::Acquire) {
                self.look()?;
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        self.hold(bytes)
    }
}
