//! Traits with several implementations, and which of them run a suite.

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Outcome};

/// Seams.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
}

pub(crate) fn run(_args: &Args) -> Result<Outcome, Error> {
    Err(Error::unfinished("seams"))
}
