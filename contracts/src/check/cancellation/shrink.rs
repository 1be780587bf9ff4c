//! A failing scenario with less around the dropped call.

use super::Cancellation;
use super::case::case;
use super::failure::Failure;
use super::scenario::{AFTER, Broken, Ran, Scenario, Stage};
use crate::check::again::Again;
use crate::check::generate::Step;
use crate::check::lockstep::{replace_everywhere, simpler};
use crate::check::model::Model;
use crate::check::operation::{Drive, ModelledBy, Operation};
use crate::check::strength::nearest_to_a_drop;

/// How often the shrunk scenario is run again.
const RERUNS: usize = 3;
/// How many runs may be spent.
const RUNS: usize = 500;

/// Shrinks `scenario`, which fails as `finding` says.
///
/// # Errors
/// Where there was nothing to run it on.
pub(super) async fn shrink<O, H, S, M>(
    stage: &Stage<'_, O, H, S, M>,
    scenario: Scenario<O>,
    broken: Broken<O>,
) -> Result<(Failure, Scenario<O>), String>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    let found_with = scenario.before.len() + scenario.after.len();
    let mut shrinker = Shrinker {
        stage,
        best: scenario,
        broken,
        runs: 0,
    };
    while shrinker.runs < RUNS && (shrinker.remove_calls().await? | shrinker.simplify().await?) {}
    let runs = shrinker.runs;
    let (best, mut failed) = (shrinker.best.clone(), 0);
    for _ in 0..RERUNS {
        failed += usize::from(shrinker.attempt(best.clone()).await?);
    }
    let model = stage.model().await?;
    let failure = Failure {
        nearest: nearest(&shrinker, &model),
        case: case(
            &shrinker.best,
            shrinker.broken.finding.what,
            stage.policy,
            model,
        ),
        finding: shrinker.broken.finding,
        policy: stage.policy,
        found_with,
        shrink_runs: runs,
        again: Again {
            failed,
            times: RERUNS,
        },
    };
    Ok((failure, shrinker.best))
}

struct Shrinker<'s, 'r, O: Operation, H: 'static, S: ?Sized, M> {
    stage: &'s Stage<'r, O, H, S, M>,
    best: Scenario<O>,
    broken: Broken<O>,
    runs: usize,
}

impl<O, H, S, M> Shrinker<'_, '_, O, H, S, M>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    async fn attempt(&mut self, mut scenario: Scenario<O>) -> Result<bool, String> {
        self.runs += 1;
        let Ran::Broken(broken) = self.stage.run(&scenario).await? else {
            return Ok(false);
        };
        // Another mistake is no simpler form of this one.
        if broken.finding.what != self.broken.finding.what {
            return Ok(false);
        }
        let followed = broken
            .finding
            .lines
            .len()
            .saturating_sub(scenario.before.len() + 1);
        scenario.after.truncate(followed);
        (self.best, self.broken) = (scenario, broken);
        Ok(true)
    }

    async fn remove_calls(&mut self) -> Result<bool, String> {
        let mut improved = false;
        let mut index = self.best.before.len() + self.best.after.len();
        while index > 0 && self.runs < RUNS {
            index -= 1;
            let mut candidate = self.best.clone();
            match index.checked_sub(candidate.before.len()) {
                Some(after) if after < candidate.after.len() => drop(candidate.after.remove(after)),
                Some(_) => continue,
                None => drop(candidate.before.remove(index)),
            }
            improved |= self.attempt(candidate).await?;
        }
        Ok(improved)
    }

    async fn simplify(&mut self) -> Result<bool, String> {
        let mut improved = false;
        let mut at = 0;
        while at < steps(&self.best).len() {
            let mut argument = 0;
            while let Some(candidates) = steps(&self.best)
                .get(at)
                .and_then(|step| simpler(step, argument))
            {
                for value in candidates {
                    let mut candidate = steps(&self.best);
                    if at >= candidate.len() || self.runs >= RUNS {
                        return Ok(improved);
                    }
                    replace_everywhere(&mut candidate, at, argument, &*value);
                    if self.attempt(with_steps(&self.best, candidate)).await? {
                        improved = true;
                        break;
                    }
                }
                argument += 1;
            }
            at += 1;
        }
        Ok(improved)
    }
}

/// All calls as a sequence, as shrinkers of arguments take it.
fn steps<O: Operation>(scenario: &Scenario<O>) -> Vec<Step<O>> {
    let dropped = std::iter::once(&scenario.dropped);
    let calls = scenario.before.iter().chain(dropped).chain(&scenario.after);
    calls.cloned().map(Step::Call).collect()
}

fn with_steps<O: Operation>(scenario: &Scenario<O>, steps: Vec<Step<O>>) -> Scenario<O> {
    let mut calls = steps.into_iter().filter_map(|step| match step {
        Step::Call(operation) => Some(operation),
        Step::Pass(_) => None,
    });
    let before = calls.by_ref().take(scenario.before.len()).collect();
    let dropped = calls.next().unwrap_or_else(|| scenario.dropped.clone());
    Scenario {
        before,
        dropped,
        cut: scenario.cut,
        after: calls.collect(),
    }
}

/// What saboteurs do wrong that could have been answered so.
fn nearest<O, H, S, M>(shrinker: &Shrinker<'_, '_, O, H, S, M>, model: &M) -> Option<String>
where
    O: ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    let (best, broken) = (&shrinker.best, &shrinker.broken);
    // Where no effect is allowed, whatever has one looks like it.
    if broken.finding.what != AFTER || shrinker.stage.policy == Cancellation::NoEffect {
        return None;
    }
    let (before, after) = broken.seen.split_at_checked(best.before.len())?;
    let before: Vec<_> = best.before.iter().zip(before).collect();
    let after: Vec<_> = best.after.iter().zip(after).collect();
    nearest_to_a_drop(model, &before, &best.dropped, &after)
}
