//! The contract as a document: what a caller may rely on, for those who do not read its suites.
//!
//! It holds what a reader needs of a trait and nothing that changes by itself (no line numbers, no dates), so that it can
//! stand in the repository, and be checked there.

mod contract;
mod document;
mod method;
mod prose;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Outcome};
use crate::source::{Facts, Sources};
use crate::terminal::{self, BAD, GOOD, styled};

use contract::Contract;

/// The sheet.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) workspace: WorkspaceArgs,
    /// The trait, by its name or the end of its path; needed where several are under contract
    pub(crate) contract: Option<String>,
    /// Writes it to a file
    #[arg(long, value_name = "FILE", conflicts_with = "check")]
    pub(crate) output: Option<PathBuf>,
    /// Ends with exit code 1 where the file says anything else
    #[arg(long, value_name = "FILE")]
    pub(crate) check: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, Error> {
    let (name, sheet) = of(&args.workspace, args.contract.as_deref())?;
    match (&args.check, &args.output) {
        (Some(file), _) => return check(file, &sheet, &name),
        (None, Some(file)) => fs::write(file, sheet).map_err(|error| Error::file(file, error))?,
        (None, None) => terminal::print(sheet),
    }
    Ok(Outcome::Fine)
}

/// Writes the sheet of a contract to a file.
///
/// # Errors
/// The sources cannot be read, there is no such contract, or the file cannot be written.
pub(crate) fn write(workspace: &WorkspaceArgs, contract: &str, file: &Path) -> Result<(), Error> {
    let (_, sheet) = of(workspace, Some(contract))?;
    fs::write(file, sheet).map_err(|error| Error::file(file, error))
}

/// The name of a contract, and its sheet.
fn of(workspace: &WorkspaceArgs, contract: Option<&str>) -> Result<(String, String), Error> {
    let sources = Sources::of(workspace)?;
    let facts = Facts::of(&sources);
    let contract = Contract::find(&facts, contract)?;
    Ok((contract.name(), document::write(&facts, &contract)))
}

fn check(file: &Path, sheet: &str, name: &str) -> Result<Outcome, Error> {
    let again = format!("cargo contrait sheet {name} --output {}", file.display());
    let written = fs::read_to_string(file)
        .map_err(|error| Error::file(file, error).remedy(format!("`{again}` writes it")))?;
    let Some((number, now, then)) = first_difference(&written, sheet) else {
        let shown = file.display();
        terminal::print(format!(
            "{shown} {}\n",
            styled(GOOD, "is what the sources say")
        ));
        return Ok(Outcome::Fine);
    };
    terminal::print(format!(
        "{}:{number}: {}: the sources say something else by now\n    the file     {then}\n    the sources  {now}\n    do {again}\n",
        file.display(),
        styled(BAD, "stale"),
    ));
    Ok(Outcome::Broken)
}

/// The number of the first line that differs, with what the sources and the file say there.
fn first_difference<'t>(file: &'t str, sheet: &'t str) -> Option<(usize, &'t str, &'t str)> {
    if file == sheet {
        return None;
    }
    let (mut old, mut new) = (file.lines(), sheet.lines());
    for number in 1.. {
        match (old.next(), new.next()) {
            (Some(then), Some(now)) if then == now => {}
            (None, None) => return Some((number, "(the end)", "(another end)")),
            (then, now) => {
                return Some((
                    number,
                    now.unwrap_or("(the end)"),
                    then.unwrap_or("(the end)"),
                ));
            }
        }
    }
    None
}
