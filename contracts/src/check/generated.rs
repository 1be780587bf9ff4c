//! The checks as cases of a suite: what `#[contract_suite(Trait, model = …)]` adds to it.

use std::collections::BTreeSet;
use std::env;
use std::marker::PhantomData;
use std::num::NonZero;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cancellation::{self, Cancellation};
use super::concurrent::{self, Able, Checked, Handles, Identity, Sizes};
use super::lockstep::{Lockstep, Pair, Sequence};
use super::model::Model;
use super::modelled::Modelled;
use super::operation::{Contract, Drive, ModelledBy, Operation};
use super::regressions::Regressions;
use crate::runtime::{Group, Returned, Runs};

/// How many sequences a check runs.
const SEQUENCES: &str = "CONTRAIT_SEQUENCES";
/// How many steps a sequence has.
const STEPS: &str = "CONTRAIT_STEPS";
/// How often concurrent clients run.
const SCHEDULES: &str = "CONTRAIT_SCHEDULES";
/// How many clients run at once.
const CLIENTS: &str = "CONTRAIT_CLIENTS";
/// How many calls a client makes.
const CALLS: &str = "CONTRAIT_CALLS";
/// How many calls are dropped, each at all its cut points.
const DROPS: &str = "CONTRAIT_DROPS";

/// Whether anything in the contract has to be awaited.
pub const fn is_asynchronous<O: Operation>(_: PhantomData<O>) -> bool {
    let methods = O::CONTRACT.methods;
    let mut index = 0;
    while index < methods.len() {
        if methods[index].asynchronous {
            return true;
        }
        index += 1;
    }
    false
}

/// Generated sequences of operations answer as the model does.
pub async fn lockstep<O, H, S, M>(runs: &Runs<H>, modelled: Modelled<O, H, S, M>) -> Returned
where
    O: Drive<S> + ModelledBy<M> + Serialize + DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    all_are_driven(O::CONTRACT)?;
    let mut check = Lockstep::new(runs.seed());
    check.sequences = number(SEQUENCES)?.unwrap_or(check.sequences);
    check.options.steps = number(STEPS)?.unwrap_or(check.options.steps);
    let regressions = Regressions::of_suite(runs.info().suite);
    let stored = regressions.read::<Sequence<O>>("lockstep")?;
    let stored: Vec<_> = stored.into_iter().map(|kept| kept.steps).collect();
    let make = async || runs.fresh().await.map_err(|error| error.to_string());
    let mut pair = Pair::with(make, modelled.subject, modelled.model, runs.clock().clone());
    if runs.are_a_trial() {
        return check.notice(&mut pair, &stored).await;
    }
    let Err(failure) = check.check(&mut pair, &stored).await else {
        return Ok(());
    };
    let told = failure.to_string();
    let found = Sequence {
        steps: failure.steps,
    };
    Err(regressions.keep("lockstep", runs, &found, told))
}

/// Whether a case of these suites takes several handles of one namespace.
pub fn have_several_handles<H>(_: &Runs<H>, suites: &[&'static Group<H>]) -> bool {
    let mut several = false;
    for suite in suites {
        suite.each(&mut |case| {
            let handles = case.promise.handles.iter();
            let mut seen = BTreeSet::new();
            several |= !handles
                .map(|handle| handle.namespace)
                .all(|namespace| seen.insert(namespace));
        });
    }
    several
}

/// What concurrent clients are answered could have been answered one call at a time. `several` says whether the handles
/// of one namespace share what they store.
pub async fn linearizable<O, H, S, M>(
    checked: Checked<'_, O, H, S, M>,
    able: Able<O, H, S, M>,
    several: bool,
) -> Returned
where
    O: Drive<S> + ModelledBy<M> + Serialize + DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    all_are_driven(O::CONTRACT)?;
    nothing_is_made_up(O::CONTRACT, "linearizable")?;
    let sizes = Sizes {
        schedules: number(SCHEDULES)?,
        clients: number(CLIENTS)?,
        calls: number(CALLS)?,
    };
    let handles = if several {
        Handles::Several
    } else {
        Handles::One
    };
    concurrent::check(checked, able, handles, sizes).await
}

/// A call that is dropped before it returns does what the suite declares, or else what is the default.
pub async fn cancellation<O, H, S, M>(
    checked: Checked<'_, O, H, S, M>,
    identity: Identity<M>,
    declared: Option<Cancellation>,
) -> Returned
where
    O: Drive<S> + ModelledBy<M> + Serialize + DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    all_are_driven(O::CONTRACT)?;
    if !cancellation::can_be_dropped::<O>() {
        // To pass without having dropped anything would be a skip that shows as a pass.
        return Err(format!(
            "no method of `{}` is async, so that no call can be dropped: say `cancellation = none` where the suite names its model, or `lacks(cancellation = \"…\")` where the backend is declared",
            O::CONTRACT.name
        ));
    }
    nothing_is_made_up(O::CONTRACT, "cancellation")?;
    let policy = declared.unwrap_or_default();
    cancellation::check(checked, identity, policy, number(DROPS)?).await
}

fn all_are_driven(contract: &Contract) -> Returned {
    match contract.undeclared() {
        None => Ok(()),
        Some(undriven) => Err(format!("not every method can be checked:\n{undriven}")),
    }
}

/// Lockstep alone knows which values of an implementation stand for which of the model.
fn nothing_is_made_up(contract: &Contract, check: &str) -> Returned {
    match contract.methods.iter().find(|method| method.makes) {
        None => Ok(()),
        Some(method) => Err(format!(
            "`{}::{}` makes values up, which this check cannot tell apart yet: declare `lacks({check} = \"…\")`",
            contract.name, method.name
        )),
    }
}

/// A size that the environment asks for. None is zero, since a check that runs nothing would pass.
fn number(name: &str) -> Result<Option<usize>, String> {
    match env::var(name) {
        Ok(text) => text
            .parse::<NonZero<usize>>()
            .map(|number| Some(number.get()))
            .map_err(|error| format!("{name} is a number from 1 on, not {text:?}: {error}")),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error @ env::VarError::NotUnicode(_)) => Err(format!("{name}: {error}")),
    }
}
