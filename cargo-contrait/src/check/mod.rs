//! The checklist as a lint.

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Outcome};

/// The lint.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
}

pub(crate) fn run(_args: &Args) -> Result<Outcome, Error> {
    Err(Error::unfinished("check"))
}
