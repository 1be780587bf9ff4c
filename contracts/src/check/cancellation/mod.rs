//! Cancellation: a call that is dropped before it returns, at every point at which it can be.
//!
//! A generated call is dropped at its first await, its second, and so on until it returns; then after one poll, two, and so
//! on. Awaits of tokio's primitives are cut points even where nothing is waited for, as in [`schedule`](super::schedule):
//! code in memory has no others. What follows on the same handle must then be answered as where the call had taken effect,
//! or as where it had not, whatever [`Cancellation`] is declared to allow. So an effect that is torn apart by the drop is
//! found, and so is an answer that belongs to the dropped call.

mod case;
mod cut;
mod failure;
mod possible;
mod scenario;
mod shrink;

use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;

use cut::Cut;
pub use cut::{dropped_at_await, dropped_at_poll};
use scenario::{Broken, Ran, Scenario, Stage};
use shrink::shrink;

use super::concurrent::{Checked, Identity};
use super::generate::{Generator, Options};
use super::model::Model;
use super::operation::{Drive, ModelledBy, Operation};
use super::regressions::Regressions;
use crate::report::counted;
use crate::runtime::quietly_awaited;

/// What a call that was dropped before it returned may have done.
///
/// A suite declares it: `#[contract_suite(Trait, model = …, cancellation = may_land)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Cancellation {
    /// It has taken effect when it is dropped, or it never does.
    #[default]
    Atomic,
    /// As that, or it takes effect at any time after: a server may be at it still.
    MayLand,
    /// It never takes effect.
    NoEffect,
}

impl Cancellation {
    /// What it allows, in words.
    fn promise(self) -> &'static str {
        match self {
            Self::Atomic => "a dropped call has taken effect when it is dropped, or never does",
            Self::MayLand => "a dropped call takes effect at some time, or never does",
            Self::NoEffect => "a dropped call never takes effect",
        }
    }

    /// As a suite declares it.
    fn name(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::MayLand => "may_land",
            Self::NoEffect => "no_effect",
        }
    }
}

/// Calls to be dropped, each at all its cut points, where they depend on nothing outside of this process.
const WITHIN: usize = 200;
/// The same where they do.
const BEYOND: usize = 8;
/// So many awaits, and so many polls, are cut points.
const MOST: u32 = 24;
/// How often a run that takes long says how far it is.
const PROGRESS: Duration = Duration::from_secs(5);

/// By which name what it finds is kept.
const NAME: &str = "cancellation";

/// Drops the calls that broke something once, then generated ones, until one breaks what is declared.
///
/// # Errors
/// How, in words; or why there was nothing to run on.
pub(crate) async fn check<O, H, S, M>(
    checked: Checked<'_, O, H, S, M>,
    identity: Identity<M>,
    policy: Cancellation,
    drops: Option<usize>,
) -> Result<(), String>
where
    O: Drive<S> + ModelledBy<M> + Serialize + DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    let runs = checked.runs;
    let stage = Stage {
        checked,
        identity,
        policy,
    };
    let regressions = Regressions::of_suite(runs.info().suite);
    let Some((scenario, wrong)) = broken(&stage, regressions.read(NAME)?, drops).await? else {
        return Ok(());
    };
    if runs.are_a_trial() {
        return Err("a dropped call does what it may not".to_owned());
    }
    let (failure, least) = quietly_awaited(shrink(&stage, scenario, wrong)).await?;
    Err(regressions.keep(NAME, runs, &least, failure.to_string()))
}

/// A scenario, and what is wrong with it.
type Found<O> = (Scenario<O>, Broken<O>);

/// The first call that breaks what is declared, of those that did once and of generated ones.
async fn broken<O, H, S, M>(
    stage: &Stage<'_, O, H, S, M>,
    stored: Vec<Scenario<O>>,
    drops: Option<usize>,
) -> Result<Option<Found<O>>, String>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    let runs = stage.checked.runs;
    for scenario in stored {
        if let Err(found) = at_every_cut(stage, &scenario).await? {
            return Ok(Some(found));
        }
    }
    let options = Options {
        time: false,
        keys: 3,
        ..Options::default()
    };
    let mut generator = Generator::new(runs.seed(), options);
    // Who stands in front of a reference lets others run, and nothing else is waited for.
    let trial = runs.are_a_trial();
    let (mut waited, mut dropped, mut told) = (false, 0, Instant::now());
    while dropped < drops.unwrap_or(if waited && !trial { BEYOND } else { WITHIN }) {
        let Some(scenario) = generator.scenario::<O>().map(Scenario::new) else {
            return Ok(None);
        };
        match at_every_cut(stage, &scenario).await? {
            Ok(it_waited) => waited |= it_waited && !runs.is_alone(),
            Err(found) => return Ok(Some(found)),
        }
        dropped += 1;
        if told.elapsed() > PROGRESS {
            told = Instant::now();
            super::say(&format!(
                "cancellation: {} dropped",
                counted(dropped, "call")
            ));
        }
    }
    Ok(None)
}

/// Drops one call at each of its cut points. Says whether it ever waited for anything, or what it broke.
async fn at_every_cut<O, H, S, M>(
    stage: &Stage<'_, O, H, S, M>,
    scenario: &Scenario<O>,
) -> Result<Result<bool, Found<O>>, String>
where
    O: Drive<S> + ModelledBy<M>,
    S: ?Sized,
    M: Model,
{
    let mut waited = false;
    for first in [Cut::Awaits(0), Cut::Polls(1)] {
        let mut scenario = Scenario {
            cut: first,
            ..scenario.clone()
        };
        for _ in 0..MOST {
            tokio::task::yield_now().await;
            let ran = stage.run(&scenario).await?;
            waited |= ran.waited();
            match ran {
                Ran::Broken(broken) => return Ok(Err((scenario, broken))),
                Ran::Returned { .. } => break,
                Ran::Fits { .. } => scenario.cut = scenario.cut.next(),
            }
        }
    }
    Ok(Ok(waited))
}

/// Whether the contract has anything to drop.
pub(crate) fn can_be_dropped<O: Operation>() -> bool {
    O::CONTRACT.methods.iter().any(|method| method.asynchronous)
}
