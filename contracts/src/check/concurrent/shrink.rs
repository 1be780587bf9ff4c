//! A failing program with fewer calls, fewer clients, simpler arguments and fewer switches.

use super::case::{case, sequential};
use super::failure::{Failure, Finding};
use super::give_way;
use super::orders::ways;
use super::program::{Planned, Program};
use super::run::{Judged, Stage};
use super::seen::Seen;
use super::specification::left_out;
use crate::check::again::Again;
use crate::check::lockstep::{replace_everywhere, simpler, with_lower_times};
use crate::check::model::Model;
use crate::check::operation::{Drive, ModelledBy, Operation};
use crate::check::schedule::{Chooser, Schedule, Simplifier};

/// A smaller program has other schedules: so many of them are tried, and so many runs may be spent in all.
pub(super) const WITHIN: (u64, usize) = (60, 8000);
/// The same with a server or on threads, where a run takes longer, and each is another one.
pub(super) const BEYOND: (u64, usize) = (8, 600);
/// Programs of so many calls or fewer lose pairs.
const PAIRS_UP_TO: usize = 8;
/// How often the shrunk program is run again.
const RERUNS: usize = 3;
/// The same, where each run is another one.
const CHANCES: usize = 20;
/// How many of them may be spent on the schedule.
const RUNS_OF_SCHEDULE: usize = 500;

/// A program that fails, and how it did when it was last run.
pub(super) struct Found<O: Operation> {
    pub(super) program: Program<O>,
    pub(super) seen: Seen<O>,
    pub(super) schedule: Schedule,
    pub(super) finding: Finding,
    /// Whether it ran in this process, by turns.
    pub(super) by_schedule: bool,
}

pub(super) struct Shrinker<'s, 'r, O: Operation, H: 'static, S: ?Sized, M> {
    pub(super) stage: &'s Stage<'r, O, H, S, M>,
    pub(super) best: Found<O>,
    pub(super) runs: usize,
    pub(super) seed: u64,
}

impl<O, H, S, M> Shrinker<'_, '_, O, H, S, M>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    pub(super) async fn shrink(mut self) -> Result<Failure<O>, String> {
        let found_with = self.best.program.len();
        loop {
            let before = self.runs;
            let smaller = self.remove_calls().await? | self.keep_calls().await?;
            let sooner = self.lower_times().await?;
            let simpler = self.simplify_arguments().await?;
            let improved = smaller || sooner || simpler || self.remove_pairs().await?;
            if !improved || self.runs == before || self.runs >= self.limits().1 {
                break;
            }
        }
        if self.best.by_schedule {
            self.simplify_schedule().await?;
        }
        let again = self.run_again().await?;
        let model = self.stage.model().await?;
        Ok(Failure {
            nearest: self.nearest(&model),
            case: self.case(&model),
            finding: self.best.finding,
            program: self.best.program,
            schedule: self.best.schedule,
            found_with,
            shrink_runs: self.runs,
            again,
            by_schedule: self.best.by_schedule,
            left_out: left_out::<O>(),
        })
    }

    fn nearest(&self, model: &M) -> Option<String> {
        let Found { program, seen, .. } = &self.best;
        let answered = self.best.finding.answered;
        answered.then(|| seen.nearest(program, model))?
    }

    fn case(&self, model: &M) -> Result<String, &'static str> {
        if !O::CONTRACT.methods.iter().any(|method| method.asynchronous) {
            return Err("without async methods nobody gives clients their turns again");
        }
        let Found {
            program,
            seen,
            finding,
            ..
        } = &self.best;
        let order = match finding.answered {
            true => seen.one_by_one(program),
            false => program.of_one_client(),
        };
        if let Some(order) = order {
            return Ok(sequential(program, &order, model));
        }
        let ways = ways(program, model).ok_or("too many answers are right")?;
        if finding.answered && ways.iter().any(|way| seen.is(way)) {
            return Err(
                "only when its calls returned makes the answers impossible, which no case can ask for",
            );
        }
        let schedule = self.best.by_schedule.then_some(&self.best.schedule);
        case(program, schedule, &ways)
    }

    /// Runs `program` once; keeps it as the best where it fails.
    async fn run(&mut self, program: &Program<O>, chooser: Chooser) -> Result<bool, String> {
        self.runs += 1;
        if self.runs.is_multiple_of(256) {
            give_way().await;
        }
        let ran = self.stage.run(program, chooser).await?;
        let finding = match ran.judged {
            Judged::Wrong(finding) if !finding.undecided => finding,
            _ => return Ok(false),
        };
        self.best = Found {
            program: program.clone(),
            seen: ran.seen,
            schedule: ran.schedule,
            finding,
            by_schedule: !ran.waited,
        };
        Ok(true)
    }

    fn limits(&self) -> (u64, usize) {
        if self.best.by_schedule {
            WITHIN
        } else {
            BEYOND
        }
    }

    /// Tries `program` under the schedule that failed, and under some others.
    async fn attempt(&mut self, program: Program<O>) -> Result<bool, String> {
        if self.runs >= self.limits().1 || program.len() == 0 {
            return Ok(false);
        }
        let schedule = self.best.schedule.clone();
        if self.run(&program, Chooser::planned(schedule)).await? {
            return Ok(true);
        }
        for _ in 0..self.limits().0 {
            self.seed = self.seed.wrapping_add(1);
            if self.run(&program, Chooser::seeded(self.seed)).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn remove_calls(&mut self) -> Result<bool, String> {
        let mut improved = false;
        let mut size = (self.best.program.len() / 2).max(1);
        loop {
            let mut end = self.best.program.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let candidate = self.best.program.without(begin..end);
                improved |= self.attempt(candidate).await?;
                end = begin.min(self.best.program.len());
            }
            if size == 1 {
                return Ok(improved);
            }
            size /= 2;
        }
    }

    /// Removes two that are only superfluous together, as what stores something and the time in which it runs out: too many
    /// to try before the program is short.
    async fn remove_pairs(&mut self) -> Result<bool, String> {
        let length = self.best.program.len();
        if length > PAIRS_UP_TO {
            return Ok(false);
        }
        for one in 0..length {
            for other in one + 1..length {
                let candidate = self.best.program.without(other..other + 1);
                let candidate = candidate.without(one..one + 1);
                if self.attempt(candidate).await? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Lets calls end that were dropped.
    async fn keep_calls(&mut self) -> Result<bool, String> {
        let mut improved = false;
        for client in 0..self.best.program.clients.len() {
            for call in 0..self.best.program.clients[client].len() {
                let mut candidate = self.best.program.clone();
                let planned = &mut candidate.clients[client][call];
                if let Planned::Call(call) = planned
                    && call.dropped_after.take().is_some()
                {
                    improved |= self.attempt(candidate).await?;
                }
            }
        }
        Ok(improved)
    }

    /// Where nobody has to wait for them.
    async fn lower_times(&mut self) -> Result<bool, String> {
        let program = &self.best.program;
        if !program.is_timed() || !self.stage.checked.runs.clock().is_virtual() {
            return Ok(false);
        }
        match with_lower_times(&program.steps()) {
            Some(steps) => self.attempt(program.with_steps(steps)).await,
            None => Ok(false),
        }
    }

    async fn simplify_arguments(&mut self) -> Result<bool, String> {
        let mut improved = false;
        for at in 0..self.best.program.len() {
            let mut argument = 0;
            while let Some(candidates) = simpler(&self.best.program.steps()[at], argument) {
                for value in candidates {
                    let mut steps = self.best.program.steps();
                    replace_everywhere(&mut steps, at, argument, &*value);
                    if self.attempt(self.best.program.with_steps(steps)).await? {
                        improved = true;
                        break;
                    }
                }
                argument += 1;
            }
        }
        Ok(improved)
    }

    async fn simplify_schedule(&mut self) -> Result<(), String> {
        let program = self.best.program.clone();
        let schedule = self.best.schedule.clone();
        let mut broken = None;
        let tried = async |schedule| match self.run(&program, Chooser::planned(schedule)).await {
            Ok(true) => Some(self.best.schedule.clone()),
            Ok(false) => None,
            Err(error) => {
                broken = Some(error);
                None
            }
        };
        let simple = Simplifier::new(tried, RUNS_OF_SCHEDULE)
            .simplify(schedule)
            .await;
        if let Some(error) = broken {
            return Err(error);
        }
        // What was tried last need not be the simplest.
        self.run(&program, Chooser::planned(simple)).await?;
        Ok(())
    }

    async fn run_again(&mut self) -> Result<Again, String> {
        let times = if self.best.by_schedule {
            RERUNS
        } else {
            CHANCES
        };
        let program = self.best.program.clone();
        let schedule = self.best.schedule.clone();
        let mut failed = 0;
        for _ in 0..times {
            let chooser = Chooser::planned(schedule.clone());
            failed += usize::from(self.run(&program, chooser).await?);
        }
        Ok(Again { failed, times })
    }
}
