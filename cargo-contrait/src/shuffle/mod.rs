//! The tests one after the other, in one random order after the other. A test that ends one way in one order and another
//! way in another depends on something: which test that is, is found by bisection.

mod isolate;
mod rounds;

use std::hash::{BuildHasher, RandomState};

use crate::cli::{RunArgs, ShuffleArgs};
use crate::counted::counted;
use crate::error::{Error, Kind, Outcome};
use crate::record::Texts;
use crate::run::{Order, Plan, run_once};
use crate::terminal::{BAD, FAINT, GOOD, note, print, styled};
use isolate::isolate;
use rounds::{Round, Rounds};

pub(crate) fn run(args: &ShuffleArgs) -> Result<Outcome, Error> {
    if args.run.nextest || !args.run.records.is_empty() {
        return Err(Error::new(Kind::Usage, "shuffle runs tests in one process, one after the other")
            .remedy("Leave `--nextest` and `--records` out: with a process a test no test depends on another."));
    }
    let seed = args.seed.unwrap_or_else(fresh_seed);
    let rounds = shuffled(args, seed)?;
    if rounds.tests().is_empty() {
        return Err(nothing(&args.run));
    }
    let broken = rounds.broken();
    for test in &broken {
        print(format_args!(
            "{} {test}, in every order\n",
            styled(BAD, "fails")
        ));
    }
    let dependent = rounds.dependent();
    for test in &dependent {
        print(isolate(
            &args.run,
            test,
            &rounds,
            seed.wrapping_add(args.rounds),
        )?);
    }
    if broken.is_empty() && dependent.is_empty() {
        let count = rounds.tests().len();
        print(format_args!(
            "{} in {}, {}\n",
            styled(GOOD, "the same"),
            counted(args.rounds, "order"),
            counted(count, "test")
        ));
        return Ok(Outcome::Fine);
    }
    Ok(Outcome::Broken)
}

fn nothing(args: &RunArgs) -> Error {
    if args.backends.is_empty() && args.cases.is_empty() {
        return Error::new(Kind::Nothing, "no tests were found")
            .remedy("Are they behind a feature? `--features` and `--all-features` turn them on.");
    }
    Error::new(
        Kind::Usage,
        "no test is on such a backend, and has this in its name",
    )
    .remedy("`cargo contrait` shows all backends and cases.")
}

/// Short enough to be typed again.
fn fresh_seed() -> u64 {
    RandomState::new().hash_one(std::process::id()) % 1_000_000
}

fn shuffled(args: &ShuffleArgs, seed: u64) -> Result<Rounds, Error> {
    let mut rounds = Rounds::default();
    for number in 0..args.rounds {
        let seed = seed.wrapping_add(number);
        let order = Order { seed, only: None };
        let round = ordered(&args.run, order, number > 0)?;
        let (ran, failed) = round.counts();
        let style = if failed == 0 { FAINT } else { BAD };
        note(format_args!(
            "  --seed {seed}  {}, {}",
            counted(ran, "test"),
            styled(style, format_args!("{failed} failed"))
        ));
        rounds.push(round);
        if rounds.tests().is_empty() {
            break;
        }
    }
    Ok(rounds)
}

/// Runs in one order.
fn ordered(args: &RunArgs, order: Order, quiet: bool) -> Result<Round, Error> {
    let mut plan = Plan::new(args);
    plan.order = Some(order);
    plan.quiet = quiet;
    let end = run_once(args, plan)?;
    if end.interrupted {
        return Err(Error::new(
            Kind::Interrupted,
            "interrupted before every order was tried",
        ));
    }
    let texts = Texts::read(&[end.folder.records()])?;
    let records = texts.records();
    if let Some(died) = records.binaries.iter().find(|binary| binary.died.is_some()) {
        let how = died.died.as_deref().unwrap_or_default();
        return Err(Error::new(
            Kind::Incomplete,
            format!("{}/{} died: {how}", died.package, died.name),
        )
        .remedy(format!(
            "What it said is in {}.",
            end.folder.log().display()
        )));
    }
    Ok(Round::new(records.binaries))
}
