//! Marks 1 and 2: generated sequences beside a model, and how short a failing one becomes, with contrait and with what
//! one would write by hand on proptest or quickcheck. The contract, the model and the planted bugs are the same for all.

mod ours;
mod peers;
mod shelf;

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use shelf::Bug;

use crate::{Outcome, line, say};

/// The goals of mark 1: the share of seeds that reach the shortest sequence, and the runs that takes.
const SHARE: f64 = 0.95;
const RUNS: usize = 100;
/// The goal of mark 2, in operations a second.
const RATE: f64 = 2e6;

const SEEDS: u64 = 20;
/// What a sequence has, with every harness.
const STEPS: usize = 200;

/// A failing sequence, shrunk.
struct Shrunk {
    length: usize,
    runs: usize,
}

/// A way to run sequences beside a model.
struct Harness {
    name: &'static str,
    /// Runs so many sequences where nothing is wrong.
    run: fn(seed: u64, sequences: usize),
    /// Looks for a bug, and shrinks what it finds.
    find: fn(seed: u64, bug: Bug) -> Option<Shrunk>,
}

const HARNESSES: [Harness; 4] = [
    Harness {
        name: "contrait",
        run: ours::run,
        find: ours::find,
    },
    Harness {
        name: "proptest 1, a vector of operations",
        run: peers::proptest_run,
        find: peers::proptest_find,
    },
    Harness {
        name: "proptest-state-machine 0.9",
        run: peers::state_machine_run,
        find: peers::state_machine_find,
    },
    Harness {
        name: "quickcheck 1, a vector of operations",
        run: peers::quickcheck_run,
        find: peers::quickcheck_find,
    },
];

/// Measures and prints everything.
pub(crate) fn measure() -> Outcome<()> {
    line(format_args!(
        "{:<38}{:>9}   found / shortest of {SEEDS} seeds, length median to longest, shrink runs median",
        "sequences of 200 operations", "M ops/s"
    ));
    for (number, harness) in HARNESSES.iter().enumerate() {
        say(format_args!("lockstep: {}", harness.name));
        let rate = rate(harness)?;
        let mut row = format!("{:<38}{:>9.2}", harness.name, rate / 1e6);
        let mut reached = None;
        for (bug, shortest) in Bug::PLANTED {
            let found = Found::by(harness, bug);
            row += &format!("   {bug:?}: {}", found.told(shortest));
            if bug == Bug::MARK {
                reached = Some(found);
            }
        }
        line(format_args!("{row}"));
        if number == 0 {
            marks(rate, &reached.ok_or("no mark")?);
        }
    }
    Ok(())
}

fn marks(rate: f64, found: &Found) {
    let (_, shortest) = Bug::PLANTED[1];
    let share = found.share(shortest);
    line(format_args!(
        "mark 1: {:.0} % of seeds reach the shortest of {shortest} operations, in {} runs at the median (95 %, {RUNS}) {}",
        share * 100.0,
        found.median_runs(),
        verdict(share >= SHARE && found.median_runs() <= RUNS)
    ));
    line(format_args!(
        "mark 2: {:.2} M operations a second (2) {}",
        rate / 1e6,
        verdict(rate >= RATE)
    ));
}

fn verdict(reached: bool) -> &'static str {
    if reached { "reached" } else { "short" }
}

/// Operations a second of processor time.
fn rate(harness: &Harness) -> Outcome<f64> {
    const SEQUENCES: usize = 1000;
    (harness.run)(0, SEQUENCES / 10);
    let before = processor()?;
    (harness.run)(1, SEQUENCES);
    let spent = processor()? - before;
    Ok((SEQUENCES * STEPS) as f64 / spent.as_secs_f64())
}

fn processor() -> Outcome<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let micros = |time: nix::sys::time::TimeVal| {
        Duration::from_micros((time.tv_sec() * 1_000_000 + time.tv_usec()) as u64)
    };
    Ok(micros(usage.user_time()) + micros(usage.system_time()))
}

/// What was found with each seed.
struct Found {
    lengths: Vec<usize>,
    runs: Vec<usize>,
}

impl Found {
    fn by(harness: &Harness, bug: Bug) -> Self {
        let shrunk = (0..SEEDS).filter_map(|seed| (harness.find)(seed, bug));
        let (mut lengths, mut runs): (Vec<_>, Vec<_>) =
            shrunk.map(|shrunk| (shrunk.length, shrunk.runs)).unzip();
        lengths.sort_unstable();
        runs.sort_unstable();
        Self { lengths, runs }
    }

    fn share(&self, shortest: usize) -> f64 {
        let reached = self.lengths.iter().filter(|length| **length <= shortest);
        reached.count() as f64 / SEEDS as f64
    }

    fn median_runs(&self) -> usize {
        self.runs.get(self.runs.len() / 2).copied().unwrap_or(0)
    }

    fn told(&self, shortest: usize) -> String {
        let reached = self.share(shortest) * SEEDS as f64;
        let median = self.lengths.get(self.lengths.len() / 2);
        let (Some(median), Some(longest)) = (median, self.lengths.last()) else {
            return "0 found".to_owned();
        };
        format!(
            "{} / {reached:.0}, {median} to {longest}, {}",
            self.lengths.len(),
            self.median_runs()
        )
    }
}
