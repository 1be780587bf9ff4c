//! Concurrent clients: generated calls of several at once, and whether the model explains what they were answered.
//!
//! The clients have a handle each in one namespace, or share one. A contract with async methods is run by turns within one
//! task, as [`schedule`](super::schedule) has it: what lives in this process is then had again by its seed, and what
//! talks to a server is as concurrent as its sockets are. A contract without any runs on threads. What was answered goes
//! to the checker of [`linearizability`](super::linearizability), key by key where methods name one.
//!
//! Calls that are dropped before they return have an unknown outcome: they may have taken effect, at any time since, or
//! never. In some runs time passes, and what was stored runs out.

mod case;
mod checked;
mod failure;
mod identity;
mod in_time;
mod kept;
mod orders;
mod program;
mod run;
mod seen;
mod shrink;
mod specification;
mod threads;
mod timed;
mod times;

use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use checked::{
    Able, CanBeSent, CanBeShared, CanShare, CannotBeSent, CannotBeShared, CannotShare, Checked,
    IdentityByText, IdentityByValue, Shared,
};
pub use identity::Identity;
pub(crate) use identity::State;
use kept::Kept;
use program::{Program, Size, has_async};
use run::{Judged, Stage};
use shrink::{BEYOND, Found, Shrinker, WITHIN};
pub use threads::OnThreads;
use times::Times;

use super::generate::{Generator, Options, has_ttl};
use super::model::Model;
use super::operation::{Drive, ModelledBy, Operation};
use super::regressions::Regressions;
use super::schedule::Chooser;
use crate::runtime::quietly_awaited;

/// Schedules of one program, where they can be chosen.
const SCHEDULES_OF_A_PROGRAM: usize = 8;
/// How often a run that takes long says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

const NO_CLIENTS: &str = "no two clients can have one subject: its methods take `&mut self`, and no case of the suite has \
    several handles of one namespace, which would say that those share what they store";

/// What the environment asks for; else what suits the backend.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sizes {
    /// Runs in all.
    pub(crate) schedules: Option<usize>,
    /// Clients of a run.
    pub(crate) clients: Option<usize>,
    /// Calls of a client.
    pub(crate) calls: Option<usize>,
}

impl Sizes {
    /// In this process: many short runs, of which each is another order.
    fn within(self) -> (usize, Size) {
        self.or(1500, 3, 4)
    }

    /// With a server, or on threads: what is not chosen is left to chance, and chance needs longer runs.
    fn beyond(self) -> (usize, Size) {
        self.or(40, 4, 12)
    }

    fn or(self, schedules: usize, clients: usize, calls: usize) -> (usize, Size) {
        let size = Size {
            clients: self.clients.unwrap_or(clients).max(1),
            calls: self.calls.unwrap_or(calls),
        };
        (self.schedules.unwrap_or(schedules), size)
    }
}

/// Whether clients can have a handle each: whether the handles of one namespace share what they store, which a suite says
/// by having a case of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Handles {
    Several,
    One,
}

/// By which name what it finds is kept.
const NAME: &str = "linearizable";

/// Runs the programs that failed once, then generated ones, until one fails.
///
/// # Errors
/// The failure, in words; or why there was nothing to run on.
pub(crate) async fn check<O, H, S, M>(
    checked: Checked<'_, O, H, S, M>,
    able: Able<O, H, S, M>,
    handles: Handles,
    sizes: Sizes,
) -> Result<(), String>
where
    O: Drive<S> + ModelledBy<M> + Serialize + DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    let seed = checked.runs.seed();
    let info = checked.runs.info();
    if handles == Handles::One && able.shared.is_none() {
        return Err(NO_CLIENTS.to_owned());
    }
    let stage = Stage { checked, able };
    let regressions = Regressions::of_suite(info.suite);
    let resolution = stage.model().await?.resolution();
    let runs = stage.checked.runs;
    let times = Times::of(runs.clock(), resolution, runs.is_alone());
    let mut check = Check::new(seed, sizes, handles, &stage, times);
    let found = match check.replay(regressions.read(NAME)?).await? {
        Some(found) => Some(found),
        None => check.run().await?,
    };
    let Some(found) = found else {
        return Ok(());
    };
    if stage.checked.runs.are_a_trial() {
        return Err("not every answer is explained".to_owned());
    }
    let shrinker = Shrinker {
        stage: &stage,
        best: found,
        runs: 0,
        seed,
    };
    let failure = quietly_awaited(shrinker.shrink()).await?;
    let page = failure.page(&format!("{}-{}-linearizable", info.suite, info.name));
    let page = page.map(|page| format!("\n{page}"));
    let told = format!("{failure}{}", page.unwrap_or_default());
    let schedule = failure.by_schedule.then_some(failure.schedule);
    let kept = Kept::new(&failure.program, schedule);
    Err(regressions.keep(NAME, stage.checked.runs, &kept, told))
}

/// Lets what else there is run.
async fn give_way() {
    // A contract without async methods is checked outside of any runtime.
    if tokio::runtime::Handle::try_current().is_ok() {
        tokio::task::yield_now().await;
    }
}

/// A check under way.
struct Check<'s, 'r, O: Operation, H: 'static, S: ?Sized, M> {
    stage: &'s Stage<'r, O, H, S, M>,
    handles: Handles,
    sizes: Sizes,
    rng: fastrand::Rng,
    seed: u64,
    /// Whether runs depend on nothing but their schedules; what is seen of it.
    within: bool,
    runs: usize,
    times: Times,
    told: Instant,
}

impl<'s, 'r, O, H, S, M> Check<'s, 'r, O, H, S, M>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    fn new(
        seed: u64,
        sizes: Sizes,
        handles: Handles,
        stage: &'s Stage<'r, O, H, S, M>,
        times: Times,
    ) -> Self {
        Self {
            stage,
            handles,
            sizes,
            rng: fastrand::Rng::with_seed(seed),
            seed,
            within: true,
            runs: 0,
            times,
            told: Instant::now(),
        }
    }

    /// Runs what failed once: under the schedule that it failed under, and under others, since that may mean something
    /// else by now.
    async fn replay(&mut self, stored: Vec<Kept<O>>) -> Result<Option<Found<O>>, String> {
        for kept in stored {
            let (mut program, schedule) = kept.program();
            if !self.times.can_be_had(program.passes()) {
                continue;
            }
            let can_share = self.stage.able.shared.is_some();
            program.shared = can_share && (program.shared || self.handles == Handles::One);
            let mut chooser = Chooser::planned(schedule);
            for _ in 0..=self.others() {
                self.say_replayed();
                give_way().await;
                if let Some(found) = self.attempt(&program, chooser).await? {
                    return Ok(Some(found));
                }
                chooser = self.seeded();
            }
        }
        Ok(None)
    }

    /// So many schedules are tried beside the one that is known.
    fn others(&self) -> u64 {
        if self.within { WITHIN.0 } else { BEYOND.0 }
    }

    async fn run(&mut self) -> Result<Option<Found<O>>, String> {
        loop {
            let (schedules, size) = if self.within {
                self.sizes.within()
            } else {
                self.sizes.beyond()
            };
            if self.runs >= schedules {
                return self.times.are_decisive().map(|()| None);
            }
            self.say(schedules);
            give_way().await;
            let program = self.program(size);
            let times = if self.within {
                SCHEDULES_OF_A_PROGRAM
            } else {
                1
            };
            for _ in 0..times.min(schedules - self.runs) {
                if let Some(found) = self.one(&program).await? {
                    return Ok(Some(found));
                }
                if !self.within {
                    break;
                }
            }
        }
    }

    /// In turn: a handle each, or one for all, as far as the backend has both.
    fn program(&mut self, size: Size) -> Program<O> {
        let can_share = self.stage.able.shared.is_some();
        let shared = can_share && (self.handles == Handles::One || self.rng.bool());
        // Whether runs depend on their schedules is seen where no time passes: so it does not in the first.
        let timed = has_ttl::<O>()
            && has_async::<O>()
            && self.times.pass_now(&mut self.rng)
            && self.runs > 0;
        // The longer a run, the more runs out at about one moment.
        let size = if timed { self.sizes.within().1 } else { size };
        let options = Options {
            steps: size.clients * size.calls,
            time: timed,
            keyed_only: true,
            keys: 2,
            bound: false,
        };
        let mut generator = Generator::new(self.rng.u64(..), options);
        let mut program = Program::generate(&mut generator, &mut self.rng, size, shared);
        if timed {
            program = program.with_a_last_look(&mut self.rng);
            let mut steps = program.steps();
            for step in &mut steps {
                self.times.fit(step, &mut self.rng);
            }
            program = program.with_steps(steps);
        }
        program
    }

    async fn one(&mut self, program: &Program<O>) -> Result<Option<Found<O>>, String> {
        self.runs += 1;
        let chooser = self.seeded();
        self.attempt(program, chooser).await
    }

    fn seeded(&mut self) -> Chooser {
        self.seed = self.seed.wrapping_add(1);
        Chooser::seeded(self.seed)
    }

    async fn attempt(
        &mut self,
        program: &Program<O>,
        chooser: Chooser,
    ) -> Result<Option<Found<O>>, String> {
        let ran = self.stage.run(program, chooser).await?;
        // On a real clock, who lets time pass waits for it.
        self.within &= !ran.waited || program.is_timed();
        let finding = match ran.judged {
            Judged::Wrong(finding) => finding,
            Judged::Right | Judged::Open => {
                if program.is_timed() {
                    let open = matches!(ran.judged, Judged::Open);
                    self.times.note(open);
                }
                return Ok(None);
            }
        };
        if finding.undecided {
            return Err(finding.text);
        }
        Ok(Some(Found {
            program: program.clone(),
            seen: ran.seen,
            schedule: ran.schedule,
            finding,
            by_schedule: !ran.waited,
        }))
    }

    fn say(&mut self, schedules: usize) {
        let runs = self.runs;
        self.say_now_and_then(|| format!("linearizable: {runs} of {schedules} runs"));
    }

    fn say_replayed(&mut self) {
        self.say_now_and_then(|| "linearizable: what failed once is run again".to_owned());
    }

    fn say_now_and_then(&mut self, line: impl FnOnce() -> String) {
        if self.told.elapsed() > PROGRESS {
            self.told = Instant::now();
            super::say(&line());
        }
    }
}
