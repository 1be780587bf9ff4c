//! The command line. What a subcommand on the sources takes stands with it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::{check, new, seams, sheet};

/// What cargo and an alias make of the command line differs by one word: cargo repeats the subcommand's name.
pub(crate) fn arguments(given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = given.into_iter().collect();
    if arguments.get(1).is_some_and(|first| first == "contrait") {
        arguments.remove(1);
    }
    arguments
}

const EXIT_CODES: &str = "\
Exit codes:
  0    every promise is kept
  1    a promise is broken, or a finding is denied
  2    called with what cannot be: an unknown option, backend or case
  3    the workspace does not build
  4    nothing to look at: no tests, or none of a suite
  5    a file cannot be read or written, or a record is broken
  6    a tool is missing or fails
  7    tests ended without a result
  130  interrupted";

/// See the whole conformance picture: runs every suite on every backend, and shows cases × backends.
#[derive(Debug, Parser)]
#[command(name = "cargo-contrait", bin_name = "cargo contrait", version, about)]
#[command(args_conflicts_with_subcommands = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) matrix: MatrixArgs,
}

/// What else than the matrix can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Cases × backends, which is also what is shown without a subcommand
    Matrix(MatrixArgs),
    /// Which saboteurs the suites notice, and what to add for those that live
    Strength(RunArgs),
    /// Which answers of each method the suites see
    Coverage(RunArgs),
    /// The ratios between backends, from criterion's measurements
    Bench(BenchArgs),
    /// Runs the cases in random order, again and again, and finds what depends on what
    Shuffle(ShuffleArgs),
    /// Runs one of several parts of the cases, for several machines
    Shard(ShardArgs),
    /// The contract as a document
    Sheet(sheet::Args),
    /// Traits with several implementations, and which of them run a suite
    Seams(seams::Args),
    /// The checklist as a lint
    Check(check::Args),
    /// Writes a starter: trait, suite, two backends, CI file
    New(new::Args),
}

/// Which workspace.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct WorkspaceArgs {
    /// The workspace's `Cargo.toml`; that of this folder if not given
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest_path: Option<PathBuf>,
}

/// What is run, or read.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
}

/// The matrix.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct MatrixArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Benches.
#[derive(Args, Clone, Debug)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
}

/// Shuffling.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShuffleArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Sharding.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShardArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
}
