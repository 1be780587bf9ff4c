//! From a history to a verdict: part by part, with either engine or with both side by side.

use std::thread;

use super::answer::Answer;
use super::budget::{Budget, Exhausted, Meter, Race, Stopped};
use super::history::{History, Moment};
use super::part::Part;
use super::specification::Specification;
use super::verdict::{Verdict, Violation};
use super::{depth_first, frontier};

/// A part of so many calls or fewer is done before a thread is started.
const SMALL: usize = 4096;
/// What the first attempt at a small part may take, in steps a call; the second may take eight times as much.
const EASY: usize = 32;

/// How a history is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Engine {
    /// Both of the others, side by side; the first answer counts.
    #[default]
    Both,
    /// Depth first (Wing, Gong, Lowe): good with many unknown outcomes.
    DepthFirst,
    /// All that is possible, from return to return (just-in-time linearization): good with violations, and its memory
    /// does not grow with the history.
    Frontier,
}

/// Checks histories against a model.
#[derive(Clone, Debug)]
pub struct Checker<S> {
    specification: S,
    budget: Budget,
    engine: Engine,
}

type Answered<S> = Result<Answer<<S as Specification>::State>, Stopped>;

impl<S: Specification> Checker<S> {
    /// A checker with the default budget, which runs both engines.
    pub fn new(specification: S) -> Self {
        Self {
            specification,
            budget: Budget::default(),
            engine: Engine::default(),
        }
    }

    /// Sets what a check may cost. Where the history falls into parts, each has as much.
    #[must_use]
    pub fn budget(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    /// Sets how histories are searched.
    #[must_use]
    pub fn engine(self, engine: Engine) -> Self {
        Self { engine, ..self }
    }

    /// What histories are checked against.
    pub fn specification(&self) -> &S {
        &self.specification
    }

    /// [`check`](Self::check) without a second thread: for short histories, and for what threads cannot share. Where both
    /// engines are asked for, they have their turns.
    ///
    /// # Panics
    /// As [`check`](Self::check) does.
    pub fn check_here(&self, history: &History<S::Operation, S::Outcome>) -> Verdict<S::State> {
        self.judge(history, |part| {
            self.quickly(part).unwrap_or_else(|| {
                let whole = || Meter::new(self.budget, None);
                frontier::check(part, &mut whole())
                    .or_else(|_| depth_first::check(part, &mut whole()))
            })
        })
    }

    fn judge<'h>(
        &'h self,
        history: &'h History<S::Operation, S::Outcome>,
        both: impl Fn(&Part<'h, S>) -> Answered<S>,
    ) -> Verdict<S::State> {
        let mut first: Option<(Option<Moment>, Violation<S::State>)> = None;
        let mut unknown = None;
        for part in Part::all(&self.specification, history) {
            match self.answer(&part, &both) {
                Ok(Answer::Possible) => {}
                Ok(Answer::Impossible(blocked)) => {
                    let moment = part.end_of(blocked.call);
                    if first.as_ref().is_none_or(|(earlier, _)| moment < *earlier) {
                        first = Some((moment, Violation::of(&part, blocked)));
                    }
                }
                Err(why) => unknown = Some(why),
            }
        }
        match (first, unknown) {
            (Some((_, violation)), _) => Verdict::Violation(violation),
            (None, Some(why)) => Verdict::Unknown { why },
            (None, None) => Verdict::Linearizable,
        }
    }

    fn answer<'h>(
        &self,
        part: &Part<'h, S>,
        both: impl Fn(&Part<'h, S>) -> Answered<S>,
    ) -> Result<Answer<S::State>, Exhausted> {
        let mut meter = Meter::new(self.budget, None);
        let answered = match self.engine {
            Engine::DepthFirst => depth_first::check(part, &mut meter),
            Engine::Frontier => frontier::check(part, &mut meter),
            Engine::Both => both(part),
        };
        answered.map_err(|stopped| match stopped {
            Stopped::Exhausted(why) => why,
            Stopped::Cancelled => unreachable!("only an engine beside another one is cancelled"),
        })
    }

    /// Most small parts take less than it takes to start a thread: to be possible, depth first; not to be, the other way.
    fn quickly(&self, part: &Part<'_, S>) -> Option<Answered<S>> {
        if part.calls.len() > SMALL {
            return None;
        }
        let within = |easy: usize| {
            let steps = (easy * (part.calls.len() + 64)) as u64;
            let steps = steps.min(self.budget.steps);
            Budget {
                steps,
                ..self.budget
            }
        };
        depth_first::check(part, &mut Meter::new(within(EASY), None))
            .or_else(|_| frontier::check(part, &mut Meter::new(within(8 * EASY), None)))
            .ok()
            .map(Ok)
    }
}

impl<S> Checker<S>
where
    S: Specification + Sync,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    /// Whether the history is linearizable.
    ///
    /// # Panics
    /// Where an operation ends before it begins, which [`History::validate`] tells; and where the model panics.
    pub fn check(&self, history: &History<S::Operation, S::Outcome>) -> Verdict<S::State> {
        self.judge(history, |part| {
            self.quickly(part)
                .unwrap_or_else(|| self.side_by_side(part))
        })
    }

    fn side_by_side(&self, part: &Part<'_, S>) -> Answered<S> {
        let race = Race::default();
        // Each may take half of the memory.
        let budget = Budget {
            memory: self.budget.memory / 2,
            ..self.budget
        };
        let run = |engine: fn(&Part<'_, S>, &mut Meter<'_>) -> Answered<S>| {
            let _leaving = Leaving(&race);
            let answer = engine(part, &mut Meter::new(budget, Some(&race)));
            if answer.is_ok() {
                race.finish();
            }
            answer
        };
        let (one, other) = thread::scope(|scope| {
            let other = scope.spawn(|| run(depth_first::check));
            let one = run(frontier::check);
            (one, other.join())
        });
        let other = other.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        first_answer(one, other)
    }
}

/// Tells the other engine that this one is done, and to stop where the model panics.
struct Leaving<'r>(&'r Race);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.leave();
        if thread::panicking() {
            self.0.finish();
        }
    }
}

fn first_answer<T>(
    one: Result<Answer<T>, Stopped>,
    other: Result<Answer<T>, Stopped>,
) -> Result<Answer<T>, Stopped> {
    match (one, other) {
        (Ok(answer), _) | (_, Ok(answer)) => Ok(answer),
        // What stopped the depth-first engine is what a larger budget would change.
        (Err(_), Err(why)) => Err(why),
    }
}
