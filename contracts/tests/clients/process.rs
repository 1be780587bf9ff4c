//! This program, run again, as a user runs tests.

use std::ffi::OsStr;
use std::process::{Command, Output};

/// Runs tests of this program in an environment with `variables`.
pub(crate) fn run<V: AsRef<OsStr>>(arguments: &[&str], variables: &[(&str, V)]) -> Output {
    let program = std::env::current_exe().expect("this program");
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(variables.iter().map(|(name, value)| (name, value)));
    command.output().expect("runs")
}
