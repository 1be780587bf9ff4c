//! contrait.

use contrait::check::lockstep::{Failure, Lockstep, Pair};

use super::shelf::{Bug, Entries, ShelfOperation};
use super::{STEPS, Shrunk};

pub(super) fn run(seed: u64, sequences: usize) {
    if let Err(failure) = check(seed, sequences, Bug::Nothing) {
        panic!("{failure}");
    }
}

pub(super) fn find(seed: u64, bug: Bug) -> Option<Shrunk> {
    let failure = check(seed, 200, bug).err()?;
    Some(Shrunk {
        length: failure.steps.len(),
        runs: failure.shrink_runs,
    })
}

fn check(seed: u64, sequences: usize, bug: Bug) -> Result<(), Box<Failure<ShelfOperation>>> {
    let mut check = Lockstep::new(seed);
    check.sequences = sequences;
    check.options.steps = STEPS;
    check.shrink_runs = 5000;
    let make = async || Ok(Entries::new(bug));
    let mut pair = Pair::new(make, |_: &Entries| Entries::new(Bug::Nothing));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(check.check(&mut pair, &[])).map(drop)
}
