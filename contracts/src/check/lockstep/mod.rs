//! Lockstep: generated sequences of operations on an implementation and on the model, compared at every step.
//!
//! A difference is shrunk to the shortest sequence that still differs, shown side by side, printed as a case to paste,
//! and kept in a file that is replayed first from then on.

mod answer;
mod execute;
mod failure;
mod pair;
mod regressions;
mod shrink;
mod world;

use std::time::{Duration, Instant};

pub use answer::Answer;
use execute::{Told, execute};
pub use failure::{Failure, Line};
pub(crate) use pair::Pair;
pub use regressions::Regressions;
pub use shrink::{Shrunk, shrink};
pub use world::{Call, World};

use super::generate::{Generator, Options, Step};
use super::operation::Operation;

/// How often a run that takes long says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

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
        let mut passed = Passed::default();
        let mut progress = Instant::now();
        let mut generator = Generator::new(self.seed, self.options);
        let generated = (0..self.sequences).map(|_| generator.sequence());
        for sequence in regressions.iter().cloned().chain(generated) {
            if let Err(at) = execute(world, &sequence, None).await? {
                return Err(Box::new(self.explain(world, sequence, at).await?));
            }
            passed.sequences += 1;
            passed.operations += sequence.len();
            if progress.elapsed() > PROGRESS {
                progress = Instant::now();
                say(&format!(
                    "lockstep: {} of {} sequences, {} steps",
                    passed.sequences,
                    self.sequences + regressions.len(),
                    passed.operations
                ));
            }
        }
        Ok(passed)
    }

    /// Whether anything differs, without a word about it.
    ///
    /// # Errors
    /// That it does; or that the world could not be made.
    pub(crate) async fn notices<O: Operation, W: World<O>>(
        &self,
        world: &mut W,
        regressions: &[Vec<Step<O>>],
    ) -> Result<(), String> {
        let mut generator = Generator::new(self.seed, self.options);
        let generated = (0..self.sequences).map(|_| generator.sequence());
        for sequence in regressions.iter().cloned().chain(generated) {
            match execute(world, &sequence, None).await {
                Ok(Ok(())) => {}
                Ok(Err(at)) => return Err(format!("differs at step {at}")),
                Err(failure) => return Err(failure.to_string()),
            }
        }
        Ok(())
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
        let nearest = world.nearest(&shrunk.steps, &last.answers);
        let failure = Failure::new(shrunk, length, last.lines, failed_again);
        Ok(Failure { nearest, ..failure })
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever waits for a long run is told that it goes on"
)]
fn say(line: &str) {
    eprintln!("{line}");
}

/// What ran without a difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passed {
    /// Sequences, regressions included.
    pub sequences: usize,
    /// Their steps.
    pub operations: usize,
}
