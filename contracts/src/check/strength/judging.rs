//! Judging a suite: each saboteur in front of the backend's handles, case by case, until one notices.

use std::time::{Duration, Instant};

use super::derive::Scope;
use super::evidence::{Doubt, Evidence};
use super::fault::Saboteur;
use super::matrix::{KillMatrix, Row, Verdict};
use super::{Allowed, Strength};
use crate::check::coverage::Coverage;
use crate::check::means::Means;
use crate::runtime::{BackendInfo, Body, Case, ClockKind, Group, Handle, Make, Trials};

/// A suite, a backend, and what is known of the contract.
pub(crate) struct Judging<'j, H: 'static> {
    pub(crate) info: &'static BackendInfo,
    pub(crate) cases: &'static Group<H>,
    pub(crate) make: Make<H>,
    pub(crate) means: &'j mut dyn Means<H>,
}

/// A suite as it is: its cases that somebody wrote, and its generated checks.
struct Watched<H: 'static> {
    cases: Vec<Known<H>>,
    checks: Vec<Known<H>>,
}

/// A case, and what it does to an implementation that is right.
struct Known<H: 'static> {
    case: &'static Case<H>,
    /// How often it calls each method.
    calls: Vec<usize>,
    took: Duration,
}

impl<H> Known<H> {
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

impl<H> Judging<'_, H> {
    /// Runs all that is asked for.
    ///
    /// # Errors
    /// Where the suite cannot be judged: it fails on the backend itself, or nobody can stand in front of its handles.
    pub(crate) fn strength(mut self, strength: &Strength) -> Result<KillMatrix, String> {
        let began = Instant::now();
        self.check_clock()?;
        let mut trials = Trials::new(self.info, strength.seed);
        let Watched { mut cases, checks } = self.watch(&mut trials)?;
        cases.sort_by_key(Known::cost);
        let derived = self.means.saboteurs(scope(&cases));
        let mut bench = Bench {
            trials,
            cases,
            checks,
            strength,
            runs: 0,
        };
        let mut rows = Vec::new();
        for saboteur in &derived.saboteurs {
            rows.push(self.row(&mut bench, saboteur)?);
        }
        Ok(KillMatrix {
            contract: self.means.contract().name.to_owned(),
            suite: self.info.suite.to_owned(),
            package: self.info.package.to_owned(),
            backend: self.info.name.to_owned(),
            checks: bench.names(),
            mistakes: mistakes(&rows, strength.allowed),
            rows,
            notes: derived.notes,
            runs: bench.runs,
            duration_us: u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX),
        })
    }

    /// Runs the cases that somebody wrote, and says what they see.
    ///
    /// # Errors
    /// As [`Judging::strength`].
    pub(crate) fn coverage(mut self, allowed: &[Allowed]) -> Result<Coverage, String> {
        let mut trials = Trials::new(self.info, super::SEED);
        let written = |case: &Case<H>| !matches!(case.body, Body::Check(_));
        self.run_watched(&mut trials, written)?;
        let seen = self.means.seen();
        Ok(Coverage::new(
            self.info,
            self.means.contract(),
            &seen,
            allowed,
        ))
    }

    fn check_clock(&self) -> Result<(), String> {
        let mut methods = self.means.contract().methods.iter();
        let waits = methods.any(|method| method.asynchronous);
        if waits && self.info.clock == ClockKind::Real {
            return Err(format!(
                "`{}` keeps real time, in which a saboteur that never answers is waited for: a reference lives in memory, and is declared with `clock = virtual`",
                self.info.name
            ));
        }
        Ok(())
    }

    /// Runs the suite as it is, and sorts its cases into those that somebody wrote, and generated checks.
    fn watch(&mut self, trials: &mut Trials) -> Result<Watched<H>, String> {
        let known = self.run_watched(trials, |_| true)?;
        let written = |known: &Known<H>| !matches!(known.case.body, Body::Check(_));
        let (cases, checks) = known.into_iter().partition(written);
        Ok(Watched { cases, checks })
    }

    /// Runs cases as they are, and says what each does.
    fn run_watched(
        &mut self,
        trials: &mut Trials,
        wanted: impl Fn(&Case<H>) -> bool,
    ) -> Result<Vec<Known<H>>, String> {
        let mut cases: Vec<&'static Case<H>> = Vec::new();
        self.cases.each(&mut |case| cases.push(case));
        let lacks = |case: &Case<H>| {
            let mut lacks = self.info.lacks.iter();
            lacks.any(|lack| case.promise.needs.contains(&lack.capability))
        };
        cases.retain(|case| !lacks(case) && wanted(case));
        let mut known = Vec::new();
        for case in cases {
            let began = Instant::now();
            let returned = trials.run(case, self.make, self.means.watcher());
            returned.map_err(|reason| {
                format!(
                    "`{}` fails on the backend as it is, so nothing can be said of the suite: {reason}",
                    case.promise.name
                )
            })?;
            known.push(Known {
                case,
                calls: self.means.calls(),
                took: began.elapsed(),
            });
        }
        Ok(known)
    }

    fn row(&mut self, bench: &mut Bench<'_, H>, saboteur: &Saboteur) -> Result<Row, String> {
        let notices = bench.notice(self, saboteur);
        let verdict = self.verdict(bench, saboteur, &notices)?;
        Ok(Row {
            saboteur: saboteur.id.clone(),
            says: saboteur.says.clone(),
            method: self.means.contract().methods[saboteur.method]
                .name
                .to_owned(),
            family: saboteur.fault.family().to_string(),
            cases: notices.cases,
            checks: notices.checks,
            verdict,
        })
    }

    fn verdict(
        &mut self,
        bench: &Bench<'_, H>,
        saboteur: &Saboteur,
        notices: &Notices,
    ) -> Result<Verdict, String> {
        let method = &self.means.contract().methods[saboteur.method];
        let excused = saboteur.fault.excused(method);
        if let Some(case) = notices.first() {
            return Ok(match excused {
                None if notices.by_a_case() || bench.strength.with_checks => Verdict::Killed,
                None => self.alive(bench, saboteur, notices)?,
                Some(marker) => Verdict::Contradiction(format!(
                    "`{}` is marked {marker}, and `{case}` notices: take the marker off",
                    method.name
                )),
            });
        }
        if let Some(marker) = excused {
            return Ok(Verdict::Equivalent(format!(
                "`{}` is marked {marker}",
                method.name
            )));
        }
        self.alive(bench, saboteur, notices)
    }

    /// What is to be said of a saboteur that lives, or that a generated check alone noticed.
    fn alive(
        &mut self,
        bench: &Bench<'_, H>,
        saboteur: &Saboteur,
        notices: &Notices,
    ) -> Result<Verdict, String> {
        let evidence = self.evidence(bench, saboteur)?;
        if let (None, Some(Evidence::Alike { struck, steps })) = (notices.first(), &evidence) {
            return Ok(Verdict::Equivalent(format!(
                "it struck {struck} times in {steps} generated steps, and the model answered each as ever"
            )));
        }
        let allowed = bench.strength.allowed.iter();
        let mut allowed = allowed.filter(|allowed| allowed.name == saboteur.id);
        Ok(match allowed.next() {
            Some(allowed) => Verdict::Allowed(allowed.reason.to_owned()),
            None => bench.hole(saboteur, notices, evidence.as_ref()),
        })
    }

    fn evidence(
        &mut self,
        bench: &Bench<'_, H>,
        saboteur: &Saboteur,
    ) -> Result<Option<Evidence>, String> {
        let Some(known) = bench.cases.first() else {
            return Ok(None);
        };
        let mut trials = Trials::new(self.info, bench.strength.seed);
        let mut handle = trials.handle(known.case, self.make)?;
        let doubt = Doubt {
            seed: bench.strength.seed,
            sequences: bench.strength.sequences,
        };
        Ok(self.means.evidence(saboteur, &mut handle, &doubt))
    }
}

/// By what a saboteur is noticed.
#[derive(Default)]
struct Notices {
    cases: Vec<String>,
    checks: Vec<String>,
}

impl Notices {
    fn first(&self) -> Option<&str> {
        let mut all = self.cases.iter().chain(&self.checks);
        all.next().map(String::as_str)
    }

    fn by_a_case(&self) -> bool {
        !self.cases.is_empty()
    }
}

/// What saboteurs are tried on.
struct Bench<'s, H: 'static> {
    trials: Trials,
    cases: Vec<Known<H>>,
    checks: Vec<Known<H>>,
    strength: &'s Strength,
    runs: usize,
}

impl<H> Bench<'_, H> {
    fn names(&self) -> Vec<String> {
        let checks = self.checks.iter();
        checks
            .map(|known| known.case.promise.name.to_owned())
            .collect()
    }

    /// By what the saboteur is noticed. Nobody is asked after the first who notices, unless the measurement is thorough.
    fn notice(&mut self, judging: &Judging<'_, H>, saboteur: &Saboteur) -> Notices {
        let Self {
            trials,
            cases,
            checks,
            strength,
            runs,
        } = self;
        trials.begin_anew();
        let notices = |known: &&Known<H>| {
            if known.calls[saboteur.method] == 0 {
                return false;
            }
            *runs += 1;
            let decorator = judging.means.sabotage(saboteur, known.limit());
            trials.run(known.case, judging.make, decorator).is_err()
        };
        let most = if strength.thorough { usize::MAX } else { 1 };
        let mut noticing = cases
            .iter()
            .chain(&*checks)
            .filter(notices)
            .map(|known| known.case)
            .take(most);
        let mut found = Notices::default();
        for case in &mut noticing {
            let name = case.promise.name.to_owned();
            match case.body {
                Body::Check(_) => found.checks.push(name),
                _ => found.cases.push(name),
            }
        }
        found
    }

    /// What would have the saboteur noticed.
    fn hole(&self, saboteur: &Saboteur, notices: &Notices, evidence: Option<&Evidence>) -> Verdict {
        let mut cases = self.cases.iter();
        let called = cases.any(|known| known.calls[saboteur.method] > 0);
        let add = match (called, evidence) {
            (false, _) => "no case calls the method".to_owned(),
            (_, Some(Evidence::Differs { case: Some(case) })) => format!("add:\n{case}"),
            (_, Some(Evidence::NeverStruck { steps })) => format!(
                "it never struck in {steps} generated steps: {}",
                saboteur.fault.remedy()
            ),
            _ => saboteur.fault.remedy().to_owned(),
        };
        Verdict::Hole(match notices.first() {
            Some(check) => format!("only `{check}` notices; {add}"),
            None => add,
        })
    }
}

/// What the cases have, without which some faults cannot be seen.
fn scope<H>(cases: &[Known<H>]) -> Scope {
    let mut scope = Scope::default();
    for known in cases {
        let handles: &[Handle] = known.case.promise.handles;
        for (index, handle) in handles.iter().enumerate() {
            for other in &handles[..index] {
                if other.namespace == handle.namespace {
                    scope.handles = true;
                } else {
                    scope.namespaces = true;
                }
            }
        }
    }
    scope
}

/// What is wrong with the names of saboteurs that may live.
fn mistakes(rows: &[Row], allowed: &[Allowed]) -> Vec<String> {
    let mistake = |allowed: &Allowed| {
        let name = allowed.name;
        match rows.iter().find(|row| row.saboteur == name) {
            None => Some(format!(
                "there is no saboteur `{name}`, which is to be allowed"
            )),
            Some(row) => match &row.verdict {
                Verdict::Allowed(_) => None,
                Verdict::Equivalent(_) => {
                    Some(format!("`{name}` is equivalent, and need not be allowed"))
                }
                _ => Some(format!(
                    "`{name}` is noticed: take it out of `survivors(…)`"
                )),
            },
        }
    };
    allowed.iter().filter_map(mistake).collect()
}
