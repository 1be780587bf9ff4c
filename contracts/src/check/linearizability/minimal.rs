//! The smallest part of a history that already cannot be explained.
//!
//! Leaving an operation out of a history may make a violation of it: without the `set(3)`, a `get` of 3 is one. So what
//! is to be left out is first *loosened*, to an operation of unknown outcome that may have taken effect at any time after
//! its call, or never; a read is left out. A loosened history allows whatever the history allowed, so a violation of it
//! is one of the history too. The operations that cannot be loosened without losing the violation are its core (found by
//! ddmin). Of the others, only those stay without which some operation of the core would no longer be needed.

use super::budget::Budget;
use super::checker::{Checker, Engine};
use super::history::{End, Entry, History};
use super::specification::Specification;
use super::verdict::{Verdict, Violation};

/// Larger histories take too long.
const MOST: usize = 256;
/// What a single attempt may cost; the same on every machine, or the result would not be.
const STEPS: u64 = 50_000;

type Observed<S> = History<<S as Specification>::Operation, <S as Specification>::Outcome>;

impl<S> Checker<S>
where
    S: Specification + Sync,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    /// The operations of `history` that make its `violation`: as few as can be found, with what is needed to see why
    /// the others do not matter. An operation that only matters for what it may have done is of unknown outcome there.
    ///
    /// It is not found for more than 256 operations up to the violation (in its part of the state).
    pub fn minimal(
        &self,
        history: &Observed<S>,
        violation: &Violation<S::State>,
    ) -> Option<Observed<S>>
    where
        S: Clone,
    {
        let budget = Budget {
            steps: STEPS,
            ..Budget::default()
        };
        let checker = Checker::new(self.specification().clone())
            .budget(budget)
            .engine(Engine::Both);
        let minimizer = Minimizer::new(&checker, history, violation)?;
        minimizer.run()
    }
}

/// What becomes of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Kept,
    Loose,
    Out,
}

struct Minimizer<'c, S: Specification> {
    checker: &'c Checker<S>,
    /// Those that may have to do with the violation.
    entries: Vec<&'c Entry<S::Operation, S::Outcome>>,
    /// Those called before it that ended: also those that were under way then, since what they were answered says what
    /// they did.
    kept: Vec<usize>,
}

impl<'c, S> Minimizer<'c, S>
where
    S: Specification + Sync,
    S::Operation: Sync,
    S::Outcome: Sync,
    S::State: Send,
{
    fn new(
        checker: &'c Checker<S>,
        history: &'c Observed<S>,
        violation: &Violation<S::State>,
    ) -> Option<Self> {
        let at = history.entries().get(violation.entry)?.end.moment()?;
        let here = |entry: &&Entry<S::Operation, S::Outcome>| {
            let part = checker.specification().partition(&entry.operation);
            violation.partition.is_none() || part.as_deref() == violation.partition.as_deref()
        };
        let part = || history.entries().iter().filter(here);
        let ends = part()
            .filter(|entry| entry.from <= at)
            .filter_map(|entry| entry.end.moment());
        // What was under way at the violation may have been answered as it was because of what was called later.
        let last = ends.max()?;
        let entries: Vec<_> = part().filter(|entry| entry.from <= last).collect();
        let is_kept = |index: &usize| {
            let entry = entries[*index];
            entry.from <= at && entry.end.moment().is_some()
        };
        let kept = (0..entries.len()).filter(is_kept).collect();
        (entries.len() <= MOST).then_some(Self {
            checker,
            entries,
            kept,
        })
    }

    fn run(&self) -> Option<Observed<S>> {
        let mut fates = vec![Fate::Loose; self.entries.len()];
        for &index in &self.kept {
            fates[index] = Fate::Kept;
        }
        if !self.violates(&fates) {
            return None;
        }
        self.find_core(&mut fates);
        let core: Vec<usize> = kept(&fates);
        self.clear_away(&mut fates, &core);
        self.restore(&mut fates, &core);
        Some(self.history(&fates))
    }

    /// ddmin: loosens ever smaller pieces of what is kept.
    fn find_core(&self, fates: &mut Vec<Fate>) {
        let mut size = kept(fates).len().div_ceil(2).max(1);
        loop {
            let mut changed = false;
            // Late operations last: the violation is there.
            for piece in kept(fates).chunks(size) {
                changed |= self.try_all(fates, piece, Fate::Loose, |fates| self.violates(fates));
            }
            match (size, changed) {
                (1, false) => return,
                (1, true) => {}
                _ => size = size.div_ceil(2),
            }
        }
    }

    /// Leaves out what the core does not need, in ever smaller pieces.
    fn clear_away(&self, fates: &mut Vec<Fate>, core: &[usize]) {
        let mut size = fates.len();
        loop {
            let loose: Vec<usize> = all(fates, Fate::Loose);
            for piece in loose.chunks(size) {
                self.try_all(fates, piece, Fate::Out, |fates| {
                    self.all_needed(fates, core)
                });
            }
            if size == 1 {
                return;
            }
            size = size.div_ceil(2);
        }
    }

    /// Gives those that stay their outcomes back, where that explains as much.
    fn restore(&self, fates: &mut Vec<Fate>, core: &[usize]) {
        for index in all(fates, Fate::Loose) {
            if self.kept.contains(&index) {
                self.try_all(fates, &[index], Fate::Kept, |fates| {
                    self.all_needed(fates, core)
                });
            }
        }
    }

    /// Gives these a fate, unless it is not `right` then.
    fn try_all(
        &self,
        fates: &mut Vec<Fate>,
        these: &[usize],
        fate: Fate,
        right: impl Fn(&[Fate]) -> bool,
    ) -> bool {
        let before = fates.clone();
        these.iter().for_each(|index| fates[*index] = fate);
        let is_right = right(fates);
        if !is_right {
            *fates = before;
        }
        is_right
    }

    /// Whether each of the core is needed for the violation.
    fn all_needed(&self, fates: &[Fate], core: &[usize]) -> bool {
        core.iter().all(|index| {
            let mut fates = fates.to_vec();
            fates[*index] = Fate::Loose;
            self.checker.check(&self.history(&fates)).is_linearizable()
        })
    }

    fn violates(&self, fates: &[Fate]) -> bool {
        matches!(
            self.checker.check(&self.history(fates)),
            Verdict::Violation(_)
        )
    }

    fn history(&self, fates: &[Fate]) -> Observed<S> {
        let entries = self.entries.iter().zip(fates);
        entries
            .filter_map(|(entry, fate)| self.entry(entry, *fate))
            .collect()
    }

    fn entry(
        &self,
        entry: &Entry<S::Operation, S::Outcome>,
        fate: Fate,
    ) -> Option<Entry<S::Operation, S::Outcome>> {
        let loose = || Entry {
            end: End::Unknown {
                why: match &entry.end {
                    End::Unknown { why } => why.clone(),
                    _ => "any".to_owned(),
                },
            },
            ..entry.clone()
        };
        match fate {
            Fate::Kept => Some(entry.clone()),
            Fate::Out => None,
            Fate::Loose if self.checker.specification().is_read(&entry.operation) => None,
            Fate::Loose => Some(loose()),
        }
    }
}

fn kept(fates: &[Fate]) -> Vec<usize> {
    all(fates, Fate::Kept)
}

fn all(fates: &[Fate], fate: Fate) -> Vec<usize> {
    (0..fates.len())
        .filter(|index| fates[*index] == fate)
        .collect()
}
