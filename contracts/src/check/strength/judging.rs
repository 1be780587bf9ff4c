//! Judging a suite: each saboteur in front of the backend's handles, and what is to be said of those that live.

use std::time::Instant;

use super::bench::{Bench, Known, Notices};
use super::derive::Scope;
use super::evidence::{Doubt, Evidence};
use super::fault::Saboteur;
use super::matrix::{KillMatrix, Row, Verdict};
use super::{Allowed, Strength};
use crate::check::coverage::Coverage;
use crate::check::means::Means;
use crate::report::counted;
use crate::runtime::{BackendInfo, Body, Case, ClockKind, Group, Handle, Make, Trials};

/// A suite, a backend, and what is known of the contract.
pub(crate) struct Judging<'j, H: 'static> {
    pub(crate) info: &'static BackendInfo,
    pub(crate) cases: &'static Group<H>,
    pub(crate) make: Make<H>,
    pub(crate) means: &'j mut dyn Means<H>,
}

/// Whether somebody wrote the case.
pub(super) fn is_written<H>(case: &Case<H>) -> bool {
    !matches!(case.body, Body::Check(_))
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
        let mut handle = self.handle(&mut trials)?;
        let mut bench = Bench::new(&mut self, strength)?;
        if let Some(handle) = &mut handle {
            self.means.learn(handle, strength.seed);
        }
        let derived = self.means.saboteurs(scope(bench.cases()));
        let mut rows = Vec::new();
        for saboteur in &derived.saboteurs {
            rows.push(self.row(&mut bench, saboteur, handle.as_mut())?);
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
        for case in self.owed(is_written) {
            self.watch(&mut trials, case)?;
        }
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

    /// A handle that no case runs on, for models that depend on one.
    fn handle(&self, trials: &mut Trials) -> Result<Option<H>, String> {
        let case = self.owed(|_| true).into_iter().next();
        case.map(|case| trials.handle(case, self.make)).transpose()
    }

    /// The cases that the backend owes.
    pub(super) fn owed(&self, wanted: impl Fn(&Case<H>) -> bool) -> Vec<&'static Case<H>> {
        let mut cases: Vec<&'static Case<H>> = Vec::new();
        self.cases.each(&mut |case| cases.push(case));
        let lacks = |case: &Case<H>| {
            let mut lacks = self.info.lacks.iter();
            lacks.any(|lack| case.promise.needs.contains(&lack.capability))
        };
        cases.retain(|case| !lacks(case) && wanted(case));
        cases
    }

    /// Runs a case as it is, and says what it does.
    ///
    /// # Errors
    /// Where it fails.
    pub(super) fn watch(
        &mut self,
        trials: &mut Trials,
        case: &'static Case<H>,
    ) -> Result<Known<H>, String> {
        let began = Instant::now();
        let returned = trials.run(case, self.make, self.means.watcher());
        returned.map_err(|reason| {
            format!(
                "`{}` fails on the backend as it is, so nothing can be said of the suite: {reason}",
                case.promise.name
            )
        })?;
        Ok(Known::new(case, self.means.calls(), began.elapsed()))
    }

    fn row(
        &mut self,
        bench: &mut Bench<'_, H>,
        saboteur: &Saboteur,
        handle: Option<&mut H>,
    ) -> Result<Row, String> {
        let mut notices = bench.ask_cases(self, saboteur);
        let verdict = self.verdict(bench, saboteur, &mut notices, handle)?;
        if bench.strength.thorough {
            bench.ask_checks(self, saboteur, &mut notices)?;
        }
        let method = &self.means.contract().methods[saboteur.method];
        Ok(Row {
            saboteur: saboteur.id.clone(),
            says: saboteur.says.clone(),
            method: method.name.to_owned(),
            family: saboteur.fault.family().to_string(),
            cases: notices.cases,
            checks: notices.checks,
            verdict,
        })
    }

    fn verdict(
        &mut self,
        bench: &mut Bench<'_, H>,
        saboteur: &Saboteur,
        notices: &mut Notices,
        handle: Option<&mut H>,
    ) -> Result<Verdict, String> {
        let method = &self.means.contract().methods[saboteur.method];
        match (saboteur.fault.excused(method), notices.cases.first()) {
            (None, Some(_)) => return Ok(Verdict::Killed),
            (Some(marker), Some(case)) => {
                return Ok(Verdict::Contradiction(format!(
                    "`{}` is marked {marker}, and `{case}` notices: take the marker off",
                    method.name
                )));
            }
            (Some(marker), None) => {
                return Ok(Verdict::Equivalent(format!(
                    "`{}` is marked {marker}",
                    method.name
                )));
            }
            (None, None) => {}
        }
        let evidence = handle.and_then(|handle| self.evidence(bench, saboteur, handle));
        if let Some(Evidence::Alike { struck, steps }) = evidence {
            return Ok(Verdict::Equivalent(format!(
                "it struck {} in {}, and the model answered each as ever",
                counted(struck, "time"),
                counted(steps, "generated step")
            )));
        }
        bench.ask_checks(self, saboteur, notices)?;
        if bench.strength.with_checks && !notices.checks.is_empty() {
            return Ok(Verdict::Killed);
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
        handle: &mut H,
    ) -> Option<Evidence> {
        let seen = self.means.seen();
        let shapes = seen.methods[saboteur.method].shapes.keys();
        let doubt = Doubt {
            seed: bench.strength.seed,
            sequences: bench.strength.sequences,
            seen: shapes
                .filter(|shape| !shape.starts_with("Err"))
                .cloned()
                .collect(),
        };
        self.means.evidence(saboteur, handle, &doubt)
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
