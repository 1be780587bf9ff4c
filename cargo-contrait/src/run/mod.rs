//! Runs the workspace's tests, or reads what an earlier run wrote.
//!
//! Four processes stand in a row: this command, a guard that ends everything when this command is gone, cargo, and for
//! each test binary a runner that cargo starts it through, which notes what became of each test. cargo keeps doing what
//! it does best: it builds, chooses, and gives the tests the environment that they know.

mod execute;
mod folder;
mod guard;
mod libtest;
mod nextest;
mod output;
mod plan;
mod progress;
mod relay;
mod runner;

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use crate::cli::RunArgs;
use crate::error::{Error, Kind};
use crate::terminal::note;

pub(crate) use folder::{Folder, target};
pub(crate) use guard::guard;
pub(crate) use libtest::chosen_options;
pub(crate) use plan::{Only, Order, Plan};
pub(crate) use runner::runner;

/// What ran, or what was read.
pub(crate) struct Ran {
    /// The files of records.
    pub(crate) records: Vec<PathBuf>,
    /// How the run ended; nothing where records were read.
    pub(crate) end: Option<End>,
}

/// How a run ended.
pub(crate) struct End {
    pub(crate) folder: Folder,
    pub(crate) status: ExitStatus,
    /// Whether a signal ended it.
    pub(crate) interrupted: bool,
    /// Whether anything was built and begun.
    pub(crate) began: bool,
    pub(crate) took: Duration,
}

/// Reads where `--records` says so, and runs otherwise.
pub(crate) fn run_or_read(args: &RunArgs, plan: Plan) -> Result<Ran, Error> {
    if !args.records.is_empty() {
        return Ok(Ran {
            records: args.records.clone(),
            end: None,
        });
    }
    let end = run_once(args, plan)?;
    if let Some(copy) = &args.save {
        let from = end.folder.records();
        std::fs::copy(&from, copy).map_err(|error| Error::file(copy, error))?;
    }
    Ok(Ran {
        records: vec![end.folder.records()],
        end: Some(end),
    })
}

/// One run, in a folder of its own.
pub(crate) fn run_once(args: &RunArgs, plan: Plan) -> Result<End, Error> {
    let folder = Folder::create(args)?;
    if !plan.quiet {
        // Before the run, for whoever kills it.
        note(format_args!("     Records {}", folder.records().display()));
    }
    let end = run(args, &plan.within(&folder), folder)?;
    if !end.began && end.status.code() == Some(Kind::Tool as i32) {
        return Err(
            Error::new(Kind::Tool, "cargo does not start: it is said above why")
                .remedy("`CARGO`, or `PATH`, has to lead to it."),
        );
    }
    if !end.began && !end.interrupted && !end.status.success() {
        return Err(Error::new(
            Kind::Build,
            "the tests do not build, or do not begin: cargo says above why",
        )
        .remedy("`cargo test --no-run` with the same options says it again."));
    }
    Ok(end)
}

fn run(args: &RunArgs, plan: &Plan, folder: Folder) -> Result<End, Error> {
    plan.write()?;
    // So that readers find a file, even if nothing is written to it.
    std::fs::write(&plan.records, "").map_err(|error| Error::file(&plan.records, error))?;
    let command = match args.nextest {
        true => nextest::command(args, plan)?,
        false => libtest::command(args, plan)?,
    };
    let mut end = execute::execute(&command, plan, folder)?;
    if args.nextest && end.began && !end.interrupted {
        nextest::list(args, plan)?;
    }
    libtest::complete(plan, end.interrupted)?;
    end.began |= std::fs::metadata(&plan.records).is_ok_and(|file| file.len() > 0);
    Ok(end)
}
