//! `cargo contrait`: the whole conformance picture of a workspace.
//!
//! It knows no backend and no contract: it builds and runs the workspace's own tests and reads the records that they
//! write, and it reads the sources. Everything that it says comes from one of these two.

mod bench;
mod check;
mod cli;
mod counted;
mod error;
mod history;
mod judged;
mod matrix;
mod new;
mod picture;
mod record;
mod run;
mod seams;
mod sheet;
mod show;
mod shuffle;
mod source;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};
use error::Error;

fn main() -> ExitCode {
    let cli = Cli::parse_from(cli::arguments(std::env::args_os()));
    run(cli).unwrap_or_else(|error| {
        terminal::complain(&error);
        error.exit_code()
    })
}

/// What each subcommand is given to.
fn run(cli: Cli) -> Result<ExitCode, Error> {
    let outcome = match cli.command.unwrap_or(Command::Matrix(cli.matrix)) {
        Command::Matrix(args) => picture::run(&args, None),
        Command::Shard(args) => picture::run(&args.matrix, Some(args.part)),
        Command::Sheet(args) => sheet::run(&args),
        Command::Seams(args) => seams::run(&args),
        Command::Check(args) => check::run(&args),
        Command::New(args) => new::run(&args),
        Command::Guard(line) => return run::guard(&line.command),
        Command::Runner(line) => return run::runner(&line.command),
        Command::Strength(args) => judged::strength(&args),
        Command::Coverage(args) => judged::coverage(&args),
        Command::Shuffle(args) => shuffle::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    outcome.map(ExitCode::from)
}
