//! `cargo contrait`: the whole conformance picture of a workspace.
//!
//! It knows no backend and no contract: it builds and runs the workspace's own tests and reads the records that they
//! write, and it reads the sources. Everything that it says comes from one of these two.

mod check;
mod cli;
mod error;
mod new;
mod seams;
mod sheet;
mod source;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use error::{Error, Outcome};

fn main() -> ExitCode {
    let cli = Cli::parse_from(cli::arguments(std::env::args_os()));
    match run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            terminal::complain(&error);
            error.exit_code()
        }
    }
}

/// What each subcommand is given to.
fn run(cli: Cli) -> Result<Outcome, Error> {
    match cli.command {
        Some(Command::Sheet(args)) => sheet::run(&args),
        Some(Command::Seams(args)) => seams::run(&args),
        Some(Command::Check(args)) => check::run(&args),
        Some(Command::New(args)) => new::run(&args),
        Some(
            Command::Matrix(_)
            | Command::Strength(_)
            | Command::Coverage(_)
            | Command::Bench(_)
            | Command::Shuffle(_)
            | Command::Shard(_),
        )
        | None => Err(Error::unfinished("the matrix and what stands on it")),
    }
}
