//! A generated project on disk, and what cargo is asked to do with it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Outcome;
use crate::measure::{Cost, run};
use crate::workspace;
use crate::wrapper::{self, Built};

/// A directory with a package and a target directory of its own.
pub(crate) struct Project {
    directory: PathBuf,
}

/// A build of the tests.
pub(crate) struct Tests {
    pub(crate) cost: Cost,
    pub(crate) binary: PathBuf,
}

impl Tests {
    /// Runs the tests one after the other, which is what costs least and varies least.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--test-threads=1")
            .env_remove("RUST_TEST_THREADS");
        command
    }
}

impl Project {
    pub(crate) fn new(name: &str) -> Self {
        Project {
            directory: workspace::scratch().join(name),
        }
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Gets what the project depends on: from what cargo has on this machine if it can, so that runs need no network.
    pub(crate) fn fetch(&self) -> Outcome<()> {
        if run(self.cargo().args(["fetch", "--quiet", "--offline"])).is_ok() {
            return Ok(());
        }
        run(self.cargo().args(["fetch", "--quiet"]))?;
        Ok(())
    }

    /// Builds everything from nothing, and tells what the crates other than `own` took.
    pub(crate) fn build_all(&self, arguments: &[&str], own: &[&str]) -> Outcome<Vec<Built>> {
        let target = self.directory.join("target");
        match fs::remove_dir_all(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", target.display()).into());
            }
            _ => fs::create_dir_all(&target)?,
        }
        let record = target.join("record");
        let mut command = self.cargo();
        command.args(arguments).arg("--offline");
        wrapper::record_to(&mut command, &record)?;
        run(&mut command)?;
        wrapper::read(&record, own)
    }

    /// Forgets what was built of the user's own packages; the dependencies stay.
    pub(crate) fn clean(&self, packages: &[String]) -> Outcome<()> {
        let mut command = self.cargo();
        command.args(["clean", "--quiet", "--offline"]);
        for package in packages {
            command.args(["--package", package]);
        }
        run(&mut command)?;
        Ok(())
    }

    /// Builds the integration test `suite`.
    pub(crate) fn build_tests(&self) -> Outcome<Tests> {
        let arguments = [
            "test",
            "--no-run",
            "--offline",
            "--test",
            "suite",
            "--message-format",
            "json",
        ];
        let (output, cost) = run(self.cargo().args(arguments))?;
        let messages = String::from_utf8_lossy(&output.stdout);
        let binary = messages
            .rsplit_once(r#""executable":""#)
            .and_then(|(_, rest)| rest.split_once('"'));
        let (binary, _) = binary.ok_or("cargo named no test binary")?;
        Ok(Tests {
            cost,
            binary: PathBuf::from(binary),
        })
    }

    /// Runs cargo with these arguments, offline.
    pub(crate) fn build(&self, arguments: &[&str]) -> Outcome<Cost> {
        Ok(run(self.cargo().args(arguments).arg("--offline"))?.1)
    }

    pub(crate) fn cargo(&self) -> Command {
        let mut command = workspace::cargo();
        command.current_dir(&self.directory);
        command
    }
}
