//! What a run can be told, by the environment, so that `cargo bench --bench embedded` alone is the whole measurement.

use std::env;

use crate::Outcome;

/// The options, with their defaults filled in.
pub(crate) struct Options {
    /// How often every row is measured.
    pub(crate) rounds: usize,
    /// What the usual number of requests is divided by.
    pub(crate) shorter: usize,
    /// How many idle servers are started.
    pub(crate) idle_servers: usize,
}

impl Options {
    /// Reads `QUICK` and `ROUNDS`.
    pub(crate) fn from_env() -> Outcome<Self> {
        let quick = number("QUICK", 0)? > 0;
        let rounds = number("ROUNDS", if quick { 1 } else { 5 })?;
        if rounds == 0 {
            return Err("ROUNDS has to be 1 or more".into());
        }
        Ok(Self {
            rounds,
            shorter: if quick { 10 } else { 1 },
            idle_servers: 200,
        })
    }
}

fn number(variable: &str, default: usize) -> Outcome<usize> {
    match env::var(variable) {
        Ok(text) => text
            .parse()
            .map_err(|error| format!("{variable}: `{text}` is not a whole number: {error}").into()),
        Err(_) => Ok(default),
    }
}
