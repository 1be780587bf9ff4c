//! Lockstep: generated sequences of operations on an implementation and on the model, compared at every step.
//!
//! A difference is shrunk to the shortest sequence that still differs, shown side by side, printed as a case to paste,
//! and kept in a file that is replayed first from then on.

mod answer;
mod bindings;
mod execute;
mod failure;
mod pair;
mod shrink;
mod world;

use std::fmt;
use std::time::{Duration, Instant};

pub use answer::Answer;
pub(crate) use answer::answer;
use execute::{Told, execute};
pub use failure::{Failure, Line};
pub use pair::Pair;
pub use shrink::{Shrunk, shrink};
pub(crate) use shrink::{each_time, replace_everywhere, simpler, with_lower_times};
pub use world::{Call, World};

use serde::{Deserialize, Serialize};

use super::generate::{Generator, Options, Step};
use super::operation::Operation;
use super::say;
use crate::report::counted;
use crate::runtime::quietly_awaited;

/// How often a run that takes long says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

/// A sequence as it is kept among [`Regressions`](super::Regressions).
#[derive(Clone, Serialize, Deserialize)]
pub struct Sequence<O> {
    /// Its steps.
    pub steps: Vec<Step<O>>,
}

impl<O: Operation> fmt::Debug for Sequence<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.fmt(f)
    }
}

/// What a lockstep check runs.
#[derive(Clone, Copy, Debug)]
pub struct Lockstep {
    /// What sequences are generated from.
    pub seed: u64,
    /// How many.
    pub sequences: usize,
    /// What they are like.
    pub options: Options,
    /// How many runs may be spent on making a failing sequence shorter.
    pub shrink_runs: usize,
}

impl Lockstep {
    /// Twenty sequences of 200 steps, with the given seed.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            sequences: 20,
            options: Options::default(),
            shrink_runs: 500,
        }
    }

    /// Replays `regressions`, then runs generated sequences in `world`, and stops at the first that fails.
    ///
    /// # Errors
    /// The failure, shrunk; or that the world could not be made.
    pub async fn check<O: Operation, W: World<O>>(
        &self,
        world: &mut W,
        regressions: &[Vec<Step<O>>],
    ) -> Result<Passed, Box<Failure<O>>> {
        match self.run(world, regressions).await? {
            Ok(passed) => Ok(passed),
            Err((sequence, at)) => {
                let explained = quietly_awaited(self.explain(world, sequence, at));
                Err(Box::new(explained.await?))
            }
        }
    }

    /// [`Lockstep::check`] for those who want to know whether anything fails, and no more.
    ///
    /// # Errors
    /// That it does, in a few words.
    pub(crate) async fn notice<O: Operation, W: World<O>>(
        &self,
        world: &mut W,
        regressions: &[Vec<Step<O>>],
    ) -> Result<(), String> {
        match self.run(world, regressions).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err((_, at))) => Err(format!("the answer to step {at} is not the model's")),
            Err(failure) => Err(failure.to_string()),
        }
    }

    /// Runs all sequences, up to the first that fails, at the position that is told with it.
    async fn run<O: Operation, W: World<O>>(
        &self,
        world: &mut W,
        regressions: &[Vec<Step<O>>],
    ) -> Result<Result<Passed, (Vec<Step<O>>, usize)>, Box<Failure<O>>> {
        let mut passed = Passed::default();
        let mut progress = Instant::now();
        world
            .begin()
            .await
            .map_err(|why| Box::new(Failure::no_world(why)))?;
        let mut options = self.options;
        options.time &= world.moves_time();
        options.bound = true;
        // Where nobody moves the clock, nobody waits for what was found where somebody does.
        let pauses = |steps: &&Vec<Step<O>>| steps.iter().any(|step| matches!(step, Step::Pass(_)));
        let regressions: Vec<_> = regressions
            .iter()
            .filter(|steps| options.time || !pauses(steps))
            .cloned()
            .collect();
        let stored = regressions.len();
        let mut generator = Generator::new(self.seed, options);
        let generated = (0..self.sequences).map(|_| generator.sequence());
        for sequence in regressions.into_iter().chain(generated) {
            if let Err(at) = execute(world, &sequence, None).await? {
                return Ok(Err((sequence, at)));
            }
            passed.sequences += 1;
            passed.operations += sequence.len();
            if progress.elapsed() > PROGRESS {
                progress = Instant::now();
                say(&format!(
                    "lockstep: {} of {}, {}",
                    passed.sequences,
                    counted(self.sequences + stored, "sequence"),
                    counted(passed.operations, "step")
                ));
            }
        }
        Ok(Ok(passed))
    }

    async fn explain<O: Operation, W: World<O>>(
        &self,
        world: &mut W,
        sequence: Vec<Step<O>>,
        at: usize,
    ) -> Result<Failure<O>, Box<Failure<O>>> {
        let length = sequence.len();
        let shrunk = shrink(world, sequence, at, self.shrink_runs).await?;
        let mut failed_again = 0;
        let mut last = Told::default();
        for _ in 0..failure::RERUNS {
            let mut told = Told::default();
            let failed = execute(world, &shrunk.steps, Some(&mut told))
                .await?
                .is_err();
            if failed || last.lines.is_empty() {
                last = told;
            }
            failed_again += usize::from(failed);
        }
        // What a step made is known to the run alone.
        let bound = shrunk.steps.iter().any(is_bound);
        let nearest = (!bound).then(|| world.nearest(&shrunk.steps, &last.answers));
        let nearest = nearest.flatten();
        let failure = Failure::new(shrunk, length, last.lines, failed_again);
        Ok(Failure { nearest, ..failure })
    }
}

fn is_bound<O: Operation>(step: &Step<O>) -> bool {
    matches!(step, Step::Call(operation) if operation.about().is_bound())
}

/// What ran without a difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passed {
    /// Sequences, regressions included.
    pub sequences: usize,
    /// Their steps.
    pub operations: usize,
}
