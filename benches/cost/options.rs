//! What a run can be told, by the environment, so that `cargo bench --bench cost` alone is the whole measurement.

use std::env;
use std::fmt::Display;
use std::str::FromStr;

use crate::Outcome;
use crate::approach::{ALL, Approach};

/// The options, with their defaults filled in.
pub(crate) struct Options {
    /// How often everything is measured; the tables show medians.
    pub(crate) rounds: usize,
    /// Cases a backend.
    pub(crate) cases: usize,
    /// The numbers of backends that are built, ascending.
    pub(crate) backends: Vec<usize>,
    pub(crate) approaches: Vec<&'static Approach>,
    /// Whether crates that come first are left as an earlier run has built them, which is most of a short run's time.
    pub(crate) reuse: bool,
    /// The parts of the measurement that are wanted.
    pub(crate) parts: Vec<Part>,
}

/// A part of the measurement.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Part {
    /// Building and running the projects of all approaches.
    Approaches,
    /// How many instructions of the compiler the tests take.
    Instructions,
    /// What a suite costs its library's production build.
    Production,
    /// How long the macros take.
    Expansion,
    /// The cache suite of this workspace.
    Cache,
}

impl Options {
    /// Reads `ROUNDS`, `CASES`, `BACKENDS`, `APPROACHES`, `REUSE` and `PARTS`.
    pub(crate) fn from_env() -> Outcome<Self> {
        let mut backends = list("BACKENDS", "1,2,4,8,16", parse::<usize>)?;
        backends.sort_unstable();
        backends.dedup();
        let options = Options {
            rounds: parse(&text("ROUNDS", "5"), "ROUNDS")?,
            cases: parse(&text("CASES", "40"), "CASES")?,
            backends,
            approaches: list("APPROACHES", &names(), approach)?,
            reuse: parse::<u8>(&text("REUSE", "0"), "REUSE")? > 0,
            parts: list(
                "PARTS",
                "approaches,instructions,production,expansion,cache",
                part,
            )?,
        };
        if options.rounds == 0 || options.cases == 0 || options.backends.contains(&0) {
            return Err("ROUNDS, CASES and BACKENDS have to be 1 or more".into());
        }
        Ok(options)
    }

    pub(crate) fn most_backends(&self) -> usize {
        self.backends.iter().copied().fold(0, usize::max)
    }

    /// The number of backends that the main table speaks of: 4, or the nearest below it that is built.
    pub(crate) fn main_backends(&self) -> usize {
        self.backends
            .iter()
            .copied()
            .rfind(|&backends| backends <= 4)
            .unwrap_or(self.backends[0])
    }
}

fn text(variable: &str, default: &str) -> String {
    env::var(variable).unwrap_or_else(|_| default.to_owned())
}

fn list<T>(variable: &str, default: &str, item: fn(&str, &str) -> Outcome<T>) -> Outcome<Vec<T>> {
    text(variable, default)
        .split(',')
        .map(|text| item(text.trim(), variable))
        .collect()
}

fn parse<T: FromStr<Err: Display>>(text: &str, variable: &str) -> Outcome<T> {
    text.parse()
        .map_err(|error| format!("{variable}: `{text}` is not a whole number: {error}").into())
}

fn approach(name: &str, variable: &str) -> Outcome<&'static Approach> {
    let known = ALL.iter().find(|approach| approach.name == name);
    known.ok_or_else(|| {
        format!(
            "{variable}: `{name}` is not an approach; there are {}",
            names()
        )
        .into()
    })
}

fn part(name: &str, variable: &str) -> Outcome<Part> {
    match name {
        "approaches" => Ok(Part::Approaches),
        "instructions" => Ok(Part::Instructions),
        "production" => Ok(Part::Production),
        "expansion" => Ok(Part::Expansion),
        "cache" => Ok(Part::Cache),
        _ => Err(format!("{variable}: `{name}` is not a part; there are approaches, instructions, production, expansion and cache").into()),
    }
}

fn names() -> String {
    ALL.each_ref().map(|approach| approach.name).join(",")
}
