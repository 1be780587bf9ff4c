//! What saboteurs are tried on: cases in the order in which they are likely to notice, and generated checks.

use std::time::Duration;

use super::Strength;
use super::evidence::Evidence;
use super::fault::Saboteur;
use super::judging::{Judging, is_written};
use super::matrix::Verdict;
use crate::runtime::{Case, Trials};

/// A case, and what it does to an implementation that is right.
pub(super) struct Known<H: 'static> {
    pub(super) case: &'static Case<H>,
    /// How often it calls each method.
    calls: Vec<usize>,
    took: Duration,
    /// The methods of which it noticed a saboteur last.
    noticed: Vec<usize>,
}

impl<H> Known<H> {
    pub(super) fn new(case: &'static Case<H>, calls: Vec<usize>, took: Duration) -> Self {
        Self {
            case,
            calls,
            took,
            noticed: Vec::new(),
        }
    }

    fn calls(&self, method: usize) -> bool {
        self.calls[method] > 0
    }

    /// A case that loops until it is answered otherwise is left at so many calls.
    fn limit(&self) -> usize {
        self.calls.iter().sum::<usize>() * 10 + 1000
    }

    /// Cheap cases are tried first; how cheap is told roughly, so that the order is the same each time.
    fn cost(&self) -> u32 {
        let micros = u32::try_from(self.took.as_micros()).unwrap_or(u32::MAX);
        micros.max(1).ilog2() / 3
    }
}

/// By what a saboteur is noticed.
#[derive(Default)]
pub(super) struct Notices {
    pub(super) cases: Vec<String>,
    pub(super) checks: Vec<String>,
}

/// What saboteurs are tried on.
pub(super) struct Bench<'s, H: 'static> {
    trials: Trials,
    cases: Vec<Known<H>>,
    checks: Vec<&'static Case<H>>,
    /// Those of the checks that were needed so far.
    watched: Vec<Known<H>>,
    pub(super) strength: &'s Strength,
    pub(super) runs: usize,
}

impl<'s, H> Bench<'s, H> {
    /// Runs the cases that somebody wrote, as they are.
    ///
    /// # Errors
    /// Where one fails.
    pub(super) fn new(
        judging: &mut Judging<'_, H>,
        strength: &'s Strength,
    ) -> Result<Self, String> {
        let mut trials = Trials::new(judging.info, strength.seed);
        let cases = judging.owed(is_written).into_iter();
        let cases: Result<Vec<Known<H>>, String> =
            cases.map(|case| judging.watch(&mut trials, case)).collect();
        let mut cases = cases?;
        cases.sort_by_key(Known::cost);
        Ok(Self {
            trials,
            cases,
            checks: judging.owed(|case| !is_written(case)),
            watched: Vec::new(),
            strength,
            runs: 0,
        })
    }

    pub(super) fn cases(&self) -> &[Known<H>] {
        &self.cases
    }

    /// The names of the generated checks.
    pub(super) fn names(&self) -> Vec<String> {
        let checks = self.checks.iter();
        checks.map(|case| case.promise.name.to_owned()).collect()
    }

    /// The cases that notice: the first, or all where the measurement is thorough. Those that noticed another saboteur of
    /// the method are asked first.
    pub(super) fn ask_cases(&mut self, judging: &Judging<'_, H>, saboteur: &Saboteur) -> Notices {
        let Self {
            trials,
            cases,
            strength,
            runs,
            ..
        } = self;
        trials.begin_anew();
        let method = saboteur.method;
        let (likely, others): (Vec<&mut Known<H>>, Vec<_>) = cases
            .iter_mut()
            .filter(|known| known.calls(method))
            .partition(|known| known.noticed.contains(&method));
        let mut notices = Notices::default();
        for known in likely.into_iter().chain(others) {
            *runs += 1;
            if !notices_it(trials, judging, known, saboteur) {
                continue;
            }
            notices.cases.push(known.case.promise.name.to_owned());
            if !strength.thorough {
                if !known.noticed.contains(&method) {
                    known.noticed.push(method);
                }
                break;
            }
        }
        notices
    }

    /// The generated checks that notice: the first, or all where the measurement is thorough.
    ///
    /// # Errors
    /// Where one fails as it is.
    pub(super) fn ask_checks(
        &mut self,
        judging: &mut Judging<'_, H>,
        saboteur: &Saboteur,
        notices: &mut Notices,
    ) -> Result<(), String> {
        notices.checks.clear();
        for index in 0..self.checks.len() {
            if self.watched.len() == index {
                let known = judging.watch(&mut self.trials, self.checks[index])?;
                self.watched.push(known);
            }
            let known = &self.watched[index];
            self.trials.begin_anew();
            let asked = known.calls(saboteur.method);
            self.runs += usize::from(asked);
            if asked && notices_it(&mut self.trials, judging, known, saboteur) {
                notices.checks.push(known.case.promise.name.to_owned());
                if !self.strength.thorough {
                    break;
                }
            }
        }
        Ok(())
    }

    /// What would have the saboteur noticed.
    pub(super) fn hole(
        &self,
        saboteur: &Saboteur,
        notices: &Notices,
        evidence: Option<&Evidence>,
    ) -> Verdict {
        let mut cases = self.cases.iter();
        let called = cases.any(|known| known.calls(saboteur.method));
        let remedy = saboteur.fault.remedy();
        let add = match (called, evidence) {
            (false, _) => "no case calls the method".to_owned(),
            (_, Some(Evidence::Differs { case: Some(case) })) => format!("add:\n{case}"),
            (_, Some(Evidence::NeverStruck { steps })) => {
                format!("it never struck in {steps} generated steps: {remedy}")
            }
            (_, Some(Evidence::Unseen { shape, steps })) => format!(
                "in {steps} generated steps the method never answered `{shape}`, as it does in the cases, so that the model says nothing: {remedy}"
            ),
            _ => remedy.to_owned(),
        };
        Verdict::Hole(match notices.checks.first() {
            Some(check) => format!("only `{check}` notices; {add}"),
            None => add,
        })
    }
}

fn notices_it<H>(
    trials: &mut Trials,
    judging: &Judging<'_, H>,
    known: &Known<H>,
    saboteur: &Saboteur,
) -> bool {
    let decorator = judging.means.sabotage(saboteur, known.limit());
    let returned = trials.run(known.case, judging.make, decorator);
    returned.is_err()
}
