//! Where runs are kept: `target/contrait/runs/` has a folder for each of the last ones, with its records and what its
//! tests printed.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use cargo_metadata::MetadataCommand;

use crate::cli::{RunArgs, WorkspaceArgs};
use crate::error::Error;

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
    let metadata = command.exec()?;
    Ok(metadata.target_directory.into_std_path_buf())
}

fn prune(runs: &Path) {
    let entries = std::fs::read_dir(runs).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    // One makes room for the new one. What cannot be removed now is tried again the next time.
    for old in folders.iter().rev().skip(KEPT - 1) {
        if !is_of_another_run(old) {
            let _ = std::fs::remove_dir_all(old);
        }
    }
}

/// Whether a process still writes to a folder, which this one need not wait for: many runs may overtake a long one.
fn is_of_another_run(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let process = name.rsplit('-').next().and_then(|id| id.parse().ok());
    process.is_some_and(|id: u32| id != std::process::id() && lives(id))
}

#[cfg(unix)]
fn lives(process: u32) -> bool {
    use nix::errno::Errno;
    use nix::sys::signal::kill;
    use nix::unistd::Pid;

    let Ok(process) = i32::try_from(process) else {
        return false;
    };
    // It may be another user's.
    matches!(
        kill(Pid::from_raw(process), None),
        Ok(()) | Err(Errno::EPERM)
    )
}

#[cfg(not(unix))]
fn lives(_: u32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::{KEPT, prune};

    #[test]
    #[cfg(unix)]
    fn the_folder_of_a_run_that_goes_on_is_kept() {
        let runs = std::env::temp_dir().join(format!("contrait-runs-{}", std::process::id()));
        // The first process lives as long as the machine; this one has begun another run since.
        let (going_on, ended) = ("0000000000000-1", format!("-{}", std::process::id()));
        let old = (1..=KEPT + 5).map(|time| format!("{time:013}{ended}"));
        for name in old.chain([going_on.to_owned()]) {
            std::fs::create_dir_all(runs.join(name)).expect("there is room");
        }
        prune(&runs);
        let left = std::fs::read_dir(&runs).expect("it is there").count();
        assert_eq!(
            left,
            KEPT - 1 + 1,
            "the last ones, and the one that goes on"
        );
        assert!(runs.join(going_on).exists());
        assert!(runs.join(format!("{:013}{ended}", KEPT + 5)).exists());
        std::fs::remove_dir_all(&runs).expect("it was made");
    }
}
