//! Types of the user's own as arguments, by an impl and by a strategy of proptest, and values that backends make up.

mod argument;
mod made;
mod strategy;
#[expect(missing_docs, reason = "the names of the methods say what they are")]
pub mod undriven;

use contrait::check::lockstep::{Failure, Lockstep};
use contrait::check::operation::{Drive, ModelledBy, Operation};

/// What lockstep finds in an implementation that `make` makes, beside the model that `model` makes.
fn found<O, S, M>(
    check: Lockstep,
    mut make: impl FnMut() -> S,
    mut model: impl FnMut() -> M,
) -> Option<Failure<O>>
where
    O: Operation + Drive<S> + ModelledBy<M>,
    M: contrait::check::Model,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let make = async || Ok(make());
        let mut pair = contrait::check::lockstep::Pair::paused(make, |_: &S| model());
        check
            .check(&mut pair, &[])
            .await
            .err()
            .map(|failure| *failure)
    })
}

/// The steps of a failure, as they are printed.
fn steps<O: Operation>(failure: &Failure<O>) -> Vec<String> {
    failure
        .steps
        .iter()
        .map(|step| format!("{step:?}"))
        .collect()
}

/// What `make` makes fails with the same few steps, whatever the seed.
fn always_shrinks_to<O, S, M>(
    expected: &[&str],
    mut make: impl FnMut() -> S,
    mut model: impl FnMut() -> M,
) where
    O: Operation + Drive<S> + ModelledBy<M>,
    M: contrait::check::Model,
{
    let mut missed = Vec::new();
    for seed in 0..20 {
        let failure = found::<O, S, M>(Lockstep::new(seed), &mut make, &mut model);
        let failure = failure.unwrap_or_else(|| panic!("seed {seed} finds nothing"));
        if steps(&failure) != expected {
            missed.push(format!("seed {seed}: {:?}", steps(&failure)));
        }
    }
    assert!(missed.len() <= 1, "not {expected:?}, but {missed:#?}");
}
