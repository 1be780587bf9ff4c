//! A starter: a trait, its suite, two backends, and what CI runs. What it writes compiles and passes, and is changed from
//! there: it shows where things stand, and not all that there is.

mod name;
mod origin;

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::WorkspaceArgs;
use crate::error::{Error, Kind, Outcome};
use crate::sheet;
use crate::terminal::{self, GOOD, styled};

use name::Name;
use origin::Origin;

/// The starter.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct Args {
    /// The folder to write it to, whose name is that of the package
    pub(crate) path: PathBuf,
    /// A checkout of contrait that it depends on
    #[arg(long, value_name = "FOLDER", conflicts_with = "git")]
    pub(crate) contrait: Option<PathBuf>,
    /// A repository of contrait that it depends on
    #[arg(long, value_name = "URL")]
    pub(crate) git: Option<String>,
}

/// What is written, and where. The files have an ending of their own, so that no tool takes them for sources.
const FILES: [(&str, &str); 9] = [
    ("Cargo.toml", include_str!("../../starter/Cargo.toml.in")),
    ("README.md", include_str!("../../starter/README.md.in")),
    (".gitignore", include_str!("../../starter/gitignore.in")),
    (
        ".github/workflows/ci.yml",
        include_str!("../../starter/ci.yml.in"),
    ),
    ("src/lib.rs", include_str!("../../starter/src/lib.rs.in")),
    (
        "src/counts.rs",
        include_str!("../../starter/src/counts.rs.in"),
    ),
    (
        "src/journal.rs",
        include_str!("../../starter/src/journal.rs.in"),
    ),
    (
        "src/promises.rs",
        include_str!("../../starter/src/promises.rs.in"),
    ),
    (
        "tests/contract.rs",
        include_str!("../../starter/tests/contract.rs.in"),
    ),
];

pub(crate) fn run(args: &Args) -> Result<Outcome, Error> {
    let name = Name::of(&args.path)?;
    let origin = Origin::of(args.contrait.as_deref(), args.git.as_deref())?;
    refuse_to_overwrite(&args.path)?;
    for (file, text) in FILES {
        write(&args.path.join(file), &filled_in(text, &name, &origin))?;
    }
    write_sheet(&args.path)?;
    terminal::print(format!(
        "{} `{name}` in {}\n    cargo test\n    cargo contrait\n",
        styled(GOOD, "written:"),
        args.path.display()
    ));
    if let Some(hint) = origin.hint() {
        terminal::note(hint);
    }
    Ok(Outcome::Fine)
}

fn filled_in(text: &str, name: &Name, origin: &Origin) -> String {
    text.replace("SOURCE", &origin.dependency())
        .replace("INSTALL", &origin.install())
        .replace("CRATE", &name.in_code())
        .replace("NAME", &name.to_string())
}

fn refuse_to_overwrite(folder: &Path) -> Result<(), Error> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        // What is not there can be made; a file cannot be written into.
        Err(_) => !folder.exists(),
    };
    match is_empty {
        true => Ok(()),
        false => Err(Error::new(
            Kind::Usage,
            format!(
                "{} is there already, and nothing of it is overwritten",
                folder.display()
            ),
        )
        .remedy("name a folder that is not there, or is empty")),
    }
}

fn write(file: &Path, text: &str) -> Result<(), Error> {
    let folder = file.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
    fs::write(file, text).map_err(|error| Error::file(file, error))
}

/// Its own sheet, which its CI checks.
fn write_sheet(folder: &Path) -> Result<(), Error> {
    let workspace = WorkspaceArgs {
        manifest_path: Some(folder.join("Cargo.toml")),
    };
    sheet::write(&workspace, "Inventory", &folder.join("CONTRACT.md"))
}
