//! This program, run again, as a user runs tests. What it finds is this test's to judge, and no news of the run at large.

use std::ffi::OsStr;
use std::process::{Command, Output};

/// Runs tests of this program in an environment with `variables`.
pub(crate) fn run<V: AsRef<OsStr>>(arguments: &[&str], variables: &[(&str, V)]) -> Output {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_remove("CONTRAIT_RECORD")
        .envs(variables.iter().map(|(name, value)| (name, value)));
    command.output().expect("runs")
}
