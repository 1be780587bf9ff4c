//! A generated project on disk, and what cargo is asked to do with it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

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

    /// Builds the tests with all that comes first, and tells what the crates other than `own` took: from nothing, or with
    /// `reuse` only what has changed, and tells what they took when they were built from nothing.
    pub(crate) fn build_all(&self, own: &[&str], reuse: bool) -> Outcome<Vec<Built>> {
        let target = self.directory.join("target");
        let record = target.join("record");
        if reuse && record.exists() {
            self.build_tests()?;
            return wrapper::read(&record, own);
        }
        match fs::remove_dir_all(&target) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", target.display()).into());
            }
            _ => fs::create_dir_all(&target)?,
        }
        // Written under another name first, so that what a run that was broken off has left is not taken for the whole.
        let recording = target.join("recording");
        let mut command = self.cargo();
        command.args(["test", "--no-run", "--test", "suite", "--offline"]);
        wrapper::record_to(&mut command, &recording)?;
        run(&mut command)?;
        fs::rename(recording, &record)?;
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

    /// Builds the library, and tells what that took.
    pub(crate) fn build_library(&self) -> Outcome<Cost> {
        Ok(run(self.cargo().args(["build", "--offline"]))?.1)
    }

    /// Builds the library, and tells how many instructions compiling `name` took: `None` where there is no valgrind.
    pub(crate) fn count_library(&self, name: &str) -> Outcome<Option<f64>> {
        // One thread, since how the threads of a compiler meet differs from run to run.
        self.count(
            name,
            &["rustc", "--lib", "--offline", "--", "-C", "codegen-units=1"],
        )
    }

    /// Builds the integration test `suite`, and tells the same of it.
    pub(crate) fn count_tests(&self, name: &str) -> Outcome<Option<f64>> {
        self.count(name, &["test", "--no-run", "--offline", "--test", "suite"])
    }

    fn count(&self, name: &str, arguments: &[&str]) -> Outcome<Option<f64>> {
        if Command::new("valgrind").arg("--version").output().is_err() {
            return Ok(None);
        }
        let record = self.directory.join("target/count");
        let mut command = self.cargo();
        command.args(arguments);
        wrapper::count_to(&mut command, &record, name)?;
        run(&mut command)?;
        wrapper::read_count(&record).map(Some)
    }

    /// How long the compiler's pass `pass` takes in the integration test `test`, in seconds of one thread.
    pub(crate) fn time_pass(&self, test: &str, pass: &str) -> Outcome<f64> {
        let source = self.directory.join("tests").join(test).with_extension("rs");
        File::options()
            .append(true)
            .open(source)?
            .set_modified(SystemTime::now())?;
        let mut command = self.cargo();
        command.args([
            "rustc",
            "--offline",
            "--profile",
            "check",
            "--test",
            test,
            "--",
        ]);
        command.args(["-Ztime-passes", "-Ztime-passes-format=json"]);
        // The times of passes are an unstable option, which a stable compiler gives to those who ask like this.
        let (output, _) = run(command.env("RUSTC_BOOTSTRAP", "1"))?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        let key = format!(r#""pass":"{pass}","time":"#);
        let time = said
            .lines()
            .find_map(|line| line.split_once(&key)?.1.split(',').next());
        Ok(time
            .ok_or_else(|| format!("rustc told no time of {pass}"))?
            .parse()?)
    }

    pub(crate) fn cargo(&self) -> Command {
        let mut command = workspace::cargo();
        command.current_dir(&self.directory);
        command
    }
}
