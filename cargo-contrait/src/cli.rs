//! The command line. What a subcommand on the sources takes stands with it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};
use serde::{Deserialize, Serialize};

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
  2    called with what cannot be: no workspace, an unknown option, backend, suite or case
  3    the workspace does not build
  4    nothing to look at: no tests, or none of a suite
  5    a file cannot be read or written, or a record is broken
  6    a tool is missing, or fails
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
    Strength(JudgeArgs),
    /// Which answers of each method the suites see
    Coverage(JudgeArgs),
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
    /// Between this command and cargo: ends what it started when this command ends
    #[command(name = "__guard", hide = true)]
    Guard(PassedOn),
    /// Between cargo and a test binary: notes what became of each test
    #[command(name = "__runner", hide = true)]
    Runner(PassedOn),
}

/// A command line, as it is.
#[derive(Args, Clone, Debug)]
pub(crate) struct PassedOn {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    pub(crate) command: Vec<OsString>,
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
    /// Reads these records instead of running anything; several files are merged
    #[arg(long, value_name = "FILE")]
    pub(crate) records: Vec<PathBuf>,
    /// Keeps the records of the run in this file too
    #[arg(long, value_name = "FILE", conflicts_with = "records")]
    pub(crate) save: Option<PathBuf>,
    /// Only this backend; can be given several times
    #[arg(long = "backend", short, value_name = "NAME")]
    pub(crate) backends: Vec<String>,
    /// Only cases whose name has this in it; can be given several times
    #[arg(long = "case", short, value_name = "TEXT")]
    pub(crate) cases: Vec<String>,
    /// Shows only suites whose path has this in it; can be given several times
    #[arg(long = "suite", short, value_name = "TEXT")]
    pub(crate) suites: Vec<String>,
    /// Runs each test in a process of its own, with cargo-nextest
    #[arg(long)]
    pub(crate) nextest: bool,
    #[command(flatten, next_help_heading = "What is built")]
    pub(crate) cargo: CargoArgs,
    /// What the test binaries (or nextest) are given
    #[arg(last = true, value_name = "ARGS")]
    pub(crate) passed_on: Vec<String>,
}

/// What is handed to cargo as it is.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CargoArgs {
    /// The tests of this package
    #[arg(long = "package", short, value_name = "SPEC")]
    pub(crate) packages: Vec<String>,
    /// The tests of all packages
    #[arg(long = "workspace", alias = "all")]
    pub(crate) all_packages: bool,
    /// But not of this package
    #[arg(long, value_name = "SPEC")]
    pub(crate) exclude: Vec<String>,
    /// The tests of the library
    #[arg(long)]
    pub(crate) lib: bool,
    /// This integration test
    #[arg(long = "test", value_name = "NAME")]
    pub(crate) tests: Vec<String>,
    /// With these features
    #[arg(long, short = 'F', value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// With all features
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Without the default features
    #[arg(long)]
    pub(crate) no_default_features: bool,
    /// Optimized
    #[arg(long, short)]
    pub(crate) release: bool,
    /// In this profile of cargo
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// Where cargo builds
    #[arg(long, value_name = "FOLDER")]
    pub(crate) target_dir: Option<PathBuf>,
    /// Without the network
    #[arg(long)]
    pub(crate) offline: bool,
    /// With the lock file as it is
    #[arg(long)]
    pub(crate) locked: bool,
}

/// The matrix.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct MatrixArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    #[command(flatten, next_help_heading = "What is written")]
    pub(crate) formats: FormatArgs,
}

/// In which form results are written. Without a file they go to standard output, instead of the table.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct FormatArgs {
    /// As JSON
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) json: Option<PathBuf>,
    /// As Markdown
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) markdown: Option<PathBuf>,
    /// As JUnit's XML
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) junit: Option<PathBuf>,
    /// As one page of HTML, that needs nothing else
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "-")]
    pub(crate) html: Option<PathBuf>,
    /// Prints the schema of the JSON, and does nothing else
    #[arg(long)]
    pub(crate) schema: bool,
}

/// Strength and coverage.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct JudgeArgs {
    #[command(flatten)]
    pub(crate) run: RunArgs,
    /// As JSON, to standard output
    #[arg(long)]
    pub(crate) json: bool,
}

/// Benches.
#[derive(Args, Clone, Debug)]
pub(crate) struct BenchArgs {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// Only groups with this in their names; can be given several times
    #[arg(value_name = "TEXT")]
    pub(crate) only: Vec<String>,
    /// What the others are compared with; the fastest of each group if not given
    #[arg(long, value_name = "NAME")]
    pub(crate) against: Option<String>,
    /// Bars instead of tables
    #[arg(long)]
    pub(crate) plot: bool,
    /// The bars as a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Where criterion's files are; `target/criterion` if not given
    #[arg(long, value_name = "FOLDER")]
    pub(crate) criterion: Option<PathBuf>,
}

/// Shuffling.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShuffleArgs {
    /// How many orders are tried
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) rounds: u64,
    /// What the first order follows from; the next follows from the next number
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Sharding.
#[derive(Args, Clone, Debug)]
pub(crate) struct ShardArgs {
    /// Which part of how many: `2/3`
    #[arg(value_name = "I/N")]
    pub(crate) part: Part,
    #[command(flatten)]
    pub(crate) matrix: MatrixArgs,
}

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Which, from 1.
    pub(crate) index: usize,
    /// Of how many.
    pub(crate) of: usize,
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('/').and_then(|(index, of)| {
            let (index, of) = (index.parse().ok()?, of.parse().ok()?);
            (1..=of).contains(&index).then_some(Self { index, of })
        });
        parsed.ok_or_else(|| "it is written as 1/3, 2/3 or 3/3: which part of how many".to_owned())
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}
