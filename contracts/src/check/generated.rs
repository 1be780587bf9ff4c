//! The checks as cases of a suite: what `#[contract_suite(Trait, model = …)]` adds to it.

use std::env;
use std::marker::PhantomData;

use super::generate::Step;
use super::lockstep::{Lockstep, Pair, Regressions};
use super::model::Model;
use super::operation::{Contract, Drive, ModelledBy, Operation};
use crate::runtime::{Returned, Runs};

/// How many sequences a check runs.
const SEQUENCES: &str = "CONTRAIT_SEQUENCES";
/// How many steps a sequence has.
const STEPS: &str = "CONTRAIT_STEPS";

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
pub async fn lockstep<O, H, S, M>(
    _: PhantomData<O>,
    runs: &Runs<H>,
    subject: fn(&mut H) -> &mut S,
    model: fn(&S) -> M,
) -> Returned
where
    O: Drive<S> + ModelledBy<M> + serde::Serialize + serde::de::DeserializeOwned,
    S: ?Sized,
    M: Model,
{
    all_are_driven(O::CONTRACT)?;
    let mut check = Lockstep::new(runs.seed());
    check.sequences = number(SEQUENCES)?.unwrap_or(check.sequences);
    check.options.steps = number(STEPS)?.unwrap_or(check.options.steps);
    let info = runs.info();
    let regressions = Regressions::of_suite(info.suite);
    let mut stored = regressions.read::<O>("lockstep")?;
    let mut pair = Pair::new(runs, subject, model);
    // Whether time can be moved is known once there is a handle.
    pair.anew().await?;
    check.options.time = runs.clock().is_virtual();
    if !check.options.time {
        // On a real clock nobody waits for what another backend found on a virtual one.
        stored.retain(|steps| !steps.iter().any(|step| matches!(step, Step::Pass(_))));
    }
    if runs.are_a_trial() {
        return check.notices(&mut pair, &stored).await;
    }
    let Err(failure) = check.check(&mut pair, &stored).await else {
        return Ok(());
    };
    let kept = regressions.add("lockstep", info.name, runs.seed(), &failure.steps);
    let kept = match kept {
        Ok(()) => format!(
            "kept in {}, and replayed first from now on",
            regressions.path().display()
        ),
        Err(error) => format!(
            "could not be kept in {}: {error}",
            regressions.path().display()
        ),
    };
    Err(format!("{failure}\n{kept}"))
}

fn all_are_driven(contract: &Contract) -> Returned {
    match contract.undeclared() {
        None => Ok(()),
        Some(undriven) => Err(format!("not every method can be checked:\n{undriven}")),
    }
}

fn number(name: &str) -> Result<Option<usize>, String> {
    match env::var(name) {
        Ok(text) => text
            .parse()
            .map(Some)
            .map_err(|error| format!("{name} is a number, not {text:?}: {error}")),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(error @ env::VarError::NotUnicode(_)) => Err(format!("{name}: {error}")),
    }
}
