//! Making a failing sequence as short and as simple as it can be.
//!
//! Each attempt is a run of an implementation, so the cheapest cuts come first: what follows the failure, what is on
//! other keys, then halves (delta debugging), keys that can be one, times that can be small, simpler arguments. All of it
//! is repeated until nothing helps.

use std::any::Any;
use std::borrow::Cow;
use std::time::Duration;

use super::execute::execute;
use super::failure::Failure;
use super::world::World;
use crate::check::generate::Step;
use crate::check::operation::{Operation, Slot};

/// Steps before the last of a sequence from which pairs are removed.
const PAIRS_UP_TO: usize = 12;

/// A sequence that fails at its last step.
#[derive(Clone, Debug)]
pub struct Shrunk<O: Operation> {
    /// The sequence.
    pub steps: Vec<Step<O>>,
    /// How many runs were spent on it.
    pub runs: usize,
}

struct Shrinker<'w, O, W> {
    world: &'w mut W,
    steps: Vec<Step<O>>,
    runs: usize,
    limit: usize,
}

/// Shrinks `steps`, which fail at position `at`, in at most `limit` runs.
///
/// # Errors
/// Where the world could not be begun again.
pub async fn shrink<O: Operation, W: World<O>>(
    world: &mut W,
    mut steps: Vec<Step<O>>,
    at: usize,
    limit: usize,
) -> Result<Shrunk<O>, Box<Failure<O>>> {
    steps.truncate(at + 1);
    let mut shrinker = Shrinker {
        world,
        steps,
        runs: 0,
        limit,
    };
    shrinker.keep_the_key().await?;
    loop {
        let before = shrinker.runs;
        let improved = shrinker.pass().await?;
        if !improved || shrinker.runs == before || shrinker.runs >= limit {
            break;
        }
    }
    let Shrinker { steps, runs, .. } = shrinker;
    Ok(Shrunk { steps, runs })
}

impl<O: Operation, W: World<O>> Shrinker<'_, O, W> {
    /// Tries `candidate`, and goes on from it where it fails as well.
    async fn attempt(&mut self, candidate: Vec<Step<O>>) -> Result<bool, Box<Failure<O>>> {
        if self.runs >= self.limit {
            return Ok(false);
        }
        self.runs += 1;
        match execute(self.world, &candidate, None).await? {
            Ok(()) => Ok(false),
            Err(at) => {
                self.steps = candidate;
                self.steps.truncate(at + 1);
                Ok(true)
            }
        }
    }

    async fn pass(&mut self) -> Result<bool, Box<Failure<O>>> {
        let removed = self.remove_chunks().await?;
        let merged = self.merge_values().await?;
        let sooner = self.lower_times().await?;
        let simplified = self.simplify_arguments().await?;
        if removed || merged || sooner || simplified {
            return Ok(true);
        }
        self.remove_pairs().await
    }

    /// Most failures concern one key.
    async fn keep_the_key(&mut self) -> Result<(), Box<Failure<O>>> {
        let Some(Step::Call(last)) = self.steps.last() else {
            return Ok(());
        };
        let Some(key) = last.key().map(Cow::into_owned) else {
            return Ok(());
        };
        let concerns = |index: usize| match &self.steps[index] {
            Step::Pass(_) => true,
            Step::Call(operation) => operation.key().is_none_or(|other| other == key),
        };
        let candidate = only(&self.steps, concerns);
        if candidate.len() < self.steps.len() {
            self.attempt(candidate).await?;
        }
        Ok(())
    }

    /// Removes ever smaller chunks, from the end to the beginning. The failing step stays.
    async fn remove_chunks(&mut self) -> Result<bool, Box<Failure<O>>> {
        let mut improved = false;
        let mut size = (self.steps.len() / 2).max(1);
        loop {
            let mut end = self.steps.len().saturating_sub(1);
            while end > 0 {
                let begin = end.saturating_sub(size);
                let candidate = only(&self.steps, |index| !(begin..end).contains(&index));
                if self.attempt(candidate).await? {
                    improved = true;
                }
                // Where a chunk went, later steps may have gone as well.
                end = begin.min(self.steps.len().saturating_sub(1));
            }
            if size == 1 {
                return Ok(improved);
            }
            size /= 2;
        }
    }

    /// Removes two steps that are only superfluous together, as what puts something and what takes it: too many to try
    /// before the sequence is short.
    async fn remove_pairs(&mut self) -> Result<bool, Box<Failure<O>>> {
        let last = self.steps.len().saturating_sub(1);
        if last > PAIRS_UP_TO {
            return Ok(false);
        }
        for one in 0..last {
            for other in one + 1..last {
                let candidate = only(&self.steps, |index| index != one && index != other);
                if self.attempt(candidate).await? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Makes the values of one parameter the same in all steps.
    async fn merge_values(&mut self) -> Result<bool, Box<Failure<O>>> {
        let mut improved = false;
        let mut index = 0;
        while let Some((one, other)) = self.distinct_keys(index) {
            let mut candidate = self.steps.clone();
            replace_keys(&mut candidate, &other, &one);
            let merged = self.attempt(candidate).await?;
            improved |= merged;
            if !merged {
                index += 1;
            }
        }
        Ok(improved)
    }

    /// The first key, and the `index`-th other one.
    fn distinct_keys(&self, index: usize) -> Option<(String, String)> {
        let mut keys: Vec<String> = Vec::new();
        for step in &self.steps {
            if let Step::Call(operation) = step
                && let Some(key) = operation.key()
                && !keys.iter().any(|other| *other == key)
            {
                keys.push(key.into_owned());
            }
        }
        let other = keys.get(index + 1)?.clone();
        Some((keys.swap_remove(0), other))
    }

    /// Gives the times that occur small round values in the same order, all of them at once.
    async fn lower_times(&mut self) -> Result<bool, Box<Failure<O>>> {
        match with_lower_times(&self.steps) {
            Some(candidate) => self.attempt(candidate).await,
            None => Ok(false),
        }
    }

    async fn simplify_arguments(&mut self) -> Result<bool, Box<Failure<O>>> {
        let mut improved = false;
        let mut at = 0;
        while at < self.steps.len() {
            let mut argument = 0;
            while let Some(candidates) = simpler(&self.steps[at], argument) {
                for value in candidates {
                    if at >= self.steps.len() {
                        return Ok(improved);
                    }
                    // A key is the same wherever it stands, and so is what else comes again.
                    let mut everywhere = self.steps.clone();
                    replace_everywhere(&mut everywhere, at, argument, &*value);
                    if self.attempt(everywhere).await? {
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

/// The steps that are wanted. What they take from others is still taken from them.
fn only<O: Operation>(steps: &[Step<O>], wanted: impl Fn(usize) -> bool) -> Vec<Step<O>> {
    // Where each step is then, counted from 1; one that is gone is nowhere, which is 0.
    let mut places = vec![0];
    let mut left = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if !wanted(index) {
            places.push(0);
            continue;
        }
        let mut step = step.clone();
        if let Step::Call(operation) = &mut step
            && operation.about().is_bound()
        {
            operation.visit_mut(&mut |_, slot: &mut dyn Slot| {
                if let Some(origin) = slot.origin_mut() {
                    origin.step = places.get(origin.step).copied().unwrap_or(0);
                }
            });
        }
        left.push(step);
        places.push(left.len());
    }
    left
}

/// Simpler values of the `index`-th argument; nothing where there is none.
pub(crate) fn simpler<O: Operation>(step: &Step<O>, index: usize) -> Option<Vec<Box<dyn Any>>> {
    let Step::Call(operation) = step else {
        return None;
    };
    let (mut position, mut found) = (0, None);
    operation.clone().visit_mut(&mut |_, slot: &mut dyn Slot| {
        if position == index {
            found = Some(slot.simpler());
        }
        position += 1;
    });
    found
}

/// Puts `value` in the place of the `index`-th argument of the step `at`, and of all arguments that are as it.
pub(crate) fn replace_everywhere<O: Operation>(
    steps: &mut [Step<O>],
    at: usize,
    index: usize,
    value: &dyn Any,
) {
    let mut old = None;
    if let Step::Call(operation) = &mut steps[at] {
        let mut position = 0;
        operation.visit_mut(&mut |parameter, slot: &mut dyn Slot| {
            if position == index {
                old = Some((parameter.role, parameter.name, slot.to_json()));
                slot.replace(value);
            }
            position += 1;
        });
    }
    let Some((role, name, old)) = old else { return };
    for step in steps {
        let Step::Call(operation) = step else {
            continue;
        };
        operation.visit_mut(&mut |parameter, slot: &mut dyn Slot| {
            if parameter.role == role && parameter.name == name && slot.to_json() == old {
                slot.replace(value);
            }
        });
    }
}

fn replace_keys<O: Operation>(steps: &mut [Step<O>], from: &str, to: &str) {
    let named = |step: &Step<O>, name: &str| match step {
        Step::Call(operation) => operation.key().is_some_and(|key| key == name),
        Step::Pass(_) => false,
    };
    let Some(model) = steps.iter().find(|step| named(step, to)).cloned() else {
        return;
    };
    for step in steps {
        if named(step, from)
            && let (Step::Call(model), Step::Call(operation)) = (&model, step)
        {
            take_key(operation, model);
        }
    }
}

/// Gives `operation` the key of `model`.
fn take_key<O: Operation>(operation: &mut O, model: &O) {
    use crate::check::operation::Role;
    operation.visit_mut(&mut |parameter, slot: &mut dyn Slot| {
        if parameter.role == Role::Key {
            model.visit(&mut |other, field| {
                if other.role == Role::Key {
                    slot.replace(field.value());
                }
            });
        }
    });
}

/// The steps with small round values for the times that occur, in the same order; nothing where they have them.
pub(crate) fn with_lower_times<O: Operation>(steps: &[Step<O>]) -> Option<Vec<Step<O>>> {
    let mut times: Vec<Duration> = Vec::new();
    for step in steps {
        each_time(&mut step.clone(), &mut |time| times.push(*time));
    }
    times.sort_unstable();
    times.dedup();
    times.retain(|time| *time > Duration::ZERO);
    let lowered = |time: Duration| {
        let rank = times.binary_search(&time).map_or(0, |rank| rank + 1);
        Duration::from_millis(10 * rank as u64)
    };
    if times.iter().all(|time| lowered(*time) == *time) {
        return None;
    }
    let mut candidate = steps.to_vec();
    for step in &mut candidate {
        each_time(step, &mut |time| {
            if *time > Duration::ZERO {
                *time = lowered(*time);
            }
        });
    }
    Some(candidate)
}

/// Shows every time in a step to `visit`, which may change it.
pub(crate) fn each_time<O: Operation>(step: &mut Step<O>, visit: &mut dyn FnMut(&mut Duration)) {
    match step {
        Step::Pass(by) => visit(by),
        Step::Call(operation) => operation.visit_mut(&mut |_, slot: &mut dyn Slot| {
            let value = slot.value();
            if let Some(mut time) = value.downcast_ref::<Duration>().copied() {
                visit(&mut time);
                slot.replace(&time);
            } else if let Some(Some(mut time)) = value.downcast_ref::<Option<Duration>>().copied() {
                visit(&mut time);
                slot.replace(&Some(time));
            }
        }),
    }
}
