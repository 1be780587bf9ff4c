//! Many schedules of one trial, and the simplest of those that fail.

use std::fmt;

use tokio::runtime::Builder;

use super::chooser::Chooser;
use super::plan::{Schedule, Turn, Units};
use super::trial::Trial;
use crate::report::counted;

/// The runtime gets its turn after so many schedules at the latest.
const AT_ONCE: usize = 256;
/// How often a shrunk schedule is run again, to see whether it fails each time.
const RERUNS: usize = 3;

/// Runs trials under many schedules, each from a seed of its own.
#[derive(Clone, Copy, Debug)]
pub struct Explorer {
    seed: u64,
    schedules: usize,
    shrink_runs: usize,
}

/// What ran without a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explored {
    /// How many schedules.
    pub schedules: usize,
}

/// A schedule under which a trial fails.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The simplest schedule that was found: as few turns as possible, and as few of them cut short.
    pub schedule: Schedule,
    /// Why the trial fails under it.
    pub reason: String,
    /// The seed that the first failing schedule came of: `Explorer::new(seed).schedules(1)` has it again.
    pub seed: u64,
    /// How many schedules had passed before.
    pub passed: usize,
    /// How many turns the schedule had when it was found.
    pub found_with: usize,
    /// How many runs were spent on making it simpler.
    pub shrink_runs: usize,
    /// How often it failed when it was run again, of three times.
    pub failed_again: usize,
}

impl Explorer {
    /// A thousand schedules, the same for the same seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            schedules: 1000,
            shrink_runs: 500,
        }
    }

    /// Sets how many schedules are run.
    #[must_use]
    pub fn schedules(self, schedules: usize) -> Self {
        Self { schedules, ..self }
    }

    /// Sets how many runs may be spent on making a failing schedule simpler.
    #[must_use]
    pub fn shrink_runs(self, shrink_runs: usize) -> Self {
        Self {
            shrink_runs,
            ..self
        }
    }

    /// Runs the trials that `make` makes, each under a schedule of its own, until one fails. They run on a runtime of
    /// this thread alone, whose clock is tokio's paused one.
    ///
    /// # Errors
    /// The failure, with its schedule made as simple as it can be.
    ///
    /// # Panics
    /// Within another runtime, where [`explore_here`](Self::explore_here) is the way.
    pub fn explore<'t>(&self, make: impl FnMut() -> Trial<'t>) -> Result<Explored, Box<Failure>> {
        on_a_runtime(self.explore_here(make))
    }

    /// [`explore`](Self::explore), on the runtime and the clock of the caller. Where that runs other tasks as well, a
    /// schedule can be had again only as far as those do the same again.
    ///
    /// # Errors
    /// As [`explore`](Self::explore).
    pub async fn explore_here<'t>(
        &self,
        mut make: impl FnMut() -> Trial<'t>,
    ) -> Result<Explored, Box<Failure>> {
        for passed in 0..self.schedules {
            if passed % AT_ONCE == 0 {
                tokio::task::yield_now().await;
            }
            let seed = self.seed.wrapping_add(passed as u64);
            let mut chooser = Chooser::seeded(seed);
            if let Err(reason) = make().run(&mut chooser).await {
                let found = chooser.into_schedule();
                let mut failure = Failure {
                    found_with: found.turns.len(),
                    schedule: found,
                    reason,
                    seed,
                    passed,
                    shrink_runs: 0,
                    failed_again: 0,
                };
                self.shrink(&mut failure, &mut make).await;
                return Err(Box::new(failure));
            }
        }
        Ok(Explored {
            schedules: self.schedules,
        })
    }

    /// Runs a trial under `schedule`.
    ///
    /// # Errors
    /// Why it failed.
    ///
    /// # Panics
    /// As [`explore`](Self::explore) does.
    pub fn replay(&self, schedule: &Schedule, trial: Trial<'_>) -> Result<(), String> {
        on_a_runtime(trial.under(schedule))
    }

    async fn shrink<'t>(&self, failure: &mut Failure, make: &mut impl FnMut() -> Trial<'t>) {
        let mut reason = failure.reason.clone();
        let tried = async |schedule: Schedule| {
            tokio::task::yield_now().await;
            let mut chooser = Chooser::planned(schedule);
            let failed = make().run(&mut chooser).await.err()?;
            reason = failed;
            Some(chooser.into_schedule())
        };
        let found = failure.schedule.clone();
        let mut simplifier = Simplifier::new(tried, self.shrink_runs);
        failure.schedule = simplifier.simplify(found).await;
        failure.shrink_runs = simplifier.runs;
        for _ in 0..RERUNS {
            let again = (simplifier.tried)(failure.schedule.clone()).await;
            failure.failed_again += usize::from(again.is_some());
        }
        failure.reason = reason;
    }
}

fn on_a_runtime<T>(future: impl Future<Output = T>) -> T {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.expect("a tokio runtime").block_on(future)
}

/// Makes failing schedules simpler.
pub(crate) struct Simplifier<F> {
    tried: F,
    runs: usize,
    limit: usize,
}

impl<F: AsyncFnMut(Schedule) -> Option<Schedule>> Simplifier<F> {
    /// Spends at most `limit` runs. `tried` runs a schedule, and answers what it really was where it fails.
    pub(crate) fn new(tried: F, limit: usize) -> Self {
        Self {
            tried,
            runs: 0,
            limit,
        }
    }

    /// `schedule`, which fails, with turns left out and turns that go on, as long as it still fails.
    pub(crate) async fn simplify(&mut self, mut schedule: Schedule) -> Schedule {
        loop {
            let before = cost(&schedule);
            schedule = self.with_fewer_turns(schedule).await;
            schedule = self.with_longer_turns(schedule).await;
            if cost(&schedule) >= before || self.runs >= self.limit {
                return schedule;
            }
        }
    }

    async fn attempt(&mut self, schedule: &mut Schedule, turns: Vec<Turn>) -> bool {
        if self.runs >= self.limit {
            return false;
        }
        self.runs += 1;
        match (self.tried)(Schedule { turns }).await {
            Some(real) if cost(&real) < cost(schedule) => {
                *schedule = real;
                true
            }
            _ => false,
        }
    }

    async fn with_fewer_turns(&mut self, mut schedule: Schedule) -> Schedule {
        let mut size = (schedule.turns.len() / 2).max(1);
        loop {
            let mut end = schedule.turns.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let mut turns = schedule.turns.clone();
                turns.drain(begin..end);
                self.attempt(&mut schedule, turns).await;
                end = begin.min(schedule.turns.len());
            }
            if size == 1 {
                return schedule;
            }
            size /= 2;
        }
    }

    async fn with_longer_turns(&mut self, mut schedule: Schedule) -> Schedule {
        let mut at = 0;
        while at < schedule.turns.len() {
            let mut turns = schedule.turns.clone();
            if let Turn::Client { units, .. } = &mut turns[at] {
                *units = Units::All;
                self.attempt(&mut schedule, turns).await;
            }
            at += 1;
        }
        schedule
    }
}

/// What is made smaller.
fn cost(schedule: &Schedule) -> (usize, usize, usize) {
    let short = schedule.turns.iter().filter(|turn| {
        matches!(
            turn,
            Turn::Client {
                units: Units::Few(_),
                ..
            } | Turn::Rest
        )
    });
    (schedule.turns.len(), schedule.switches(), short.count())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.reason)?;
        writeln!(f, "  schedule  {}", self.schedule)?;
        writeln!(
            f,
            "  seed      {:#x}, after {} that passed",
            self.seed,
            counted(self.passed, "schedule")
        )?;
        write!(
            f,
            "  shrunk    {}, of which {} left {}; run again, it failed {}",
            counted(self.found_with, "turn"),
            counted(self.shrink_runs, "run"),
            self.schedule.turns.len(),
            times(self.failed_again)
        )
    }
}

fn times(failed: usize) -> String {
    match failed {
        RERUNS => "each time".to_owned(),
        failed => format!("{failed} of {RERUNS} times: it depends on more than its schedule"),
    }
}

impl std::error::Error for Failure {}
