//! Where runs are kept: `target/contrait/runs/` has a folder for each of the last ones, with its records and what its
//! tests printed.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cargo_metadata::MetadataCommand;

use crate::cli::{RunArgs, WorkspaceArgs};
use crate::error::{Error, Kind};

/// How many runs are kept.
const KEPT: usize = 20;

/// A run's folder.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// A new one. The oldest are removed.
    pub(super) fn create(args: &RunArgs) -> Result<Self, Error> {
        let runs = home(args)?.join("runs");
        std::fs::create_dir_all(&runs).map_err(|error| Error::file(&runs, error))?;
        prune(&runs);
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let folder = runs.join(format!("{:013}-{}", now.as_millis(), std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, error))?;
        Ok(Self(folder))
    }

    pub(crate) fn records(&self) -> PathBuf {
        self.0.join("records.jsonl")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.0.join("output.log")
    }

    /// What is kept of all runs.
    pub(crate) fn history(&self) -> PathBuf {
        let home = self.0.ancestors().nth(2);
        home.unwrap_or(&self.0).join("history.jsonl")
    }

    /// When it was made, in milliseconds since 1970.
    pub(crate) fn time(&self) -> u64 {
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        name.split('-')
            .next()
            .and_then(|time| time.parse().ok())
            .unwrap_or(0)
    }
}

/// `target/contrait` of the workspace.
fn home(args: &RunArgs) -> Result<PathBuf, Error> {
    let target = match &args.cargo.target_dir {
        Some(target) => std::path::absolute(target).map_err(|error| Error::file(target, error))?,
        None => target(&args.workspace)?,
    };
    Ok(target.join("contrait"))
}

/// The folder that the workspace is built in.
pub(crate) fn target(workspace: &WorkspaceArgs) -> Result<PathBuf, Error> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(manifest) = &workspace.manifest_path {
        command.manifest_path(manifest);
    }
    let metadata = command.exec().map_err(|error| match error {
        cargo_metadata::Error::CargoMetadata { stderr } => Error::new(Kind::Build, stderr.trim())
            .remedy("Run it within a cargo workspace, or give `--manifest-path`."),
        error => Error::new(
            Kind::Tool,
            format!("cargo does not say what the workspace is: {error}"),
        ),
    })?;
    Ok(metadata.target_directory.into_std_path_buf())
}

fn prune(runs: &Path) {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    // One makes room for the new one. What cannot be removed now is tried again the next time.
    for old in folders.iter().rev().skip(KEPT - 1) {
        let _ = std::fs::remove_dir_all(old);
    }
}
