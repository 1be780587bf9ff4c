//! A starter: trait, suite, two backends, CI file.

use std::path::PathBuf;

use crate::error::{Error, Outcome};

/// The starter.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    /// The folder to write it to
    pub(crate) path: PathBuf,
}

pub(crate) fn run(_args: &Args) -> Result<Outcome, Error> {
    Err(Error::unfinished("new"))
}
