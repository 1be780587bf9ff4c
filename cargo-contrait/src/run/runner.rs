//! Stands before a test binary: chooses its tests, reads what it says of each, and notes that in the file of records.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, ExitStatus, Stdio};

use super::libtest::{exactly, list};
use super::output::Output;
use super::plan::{self, Plan};
use super::progress::beginning;
use crate::error::{Error, Kind};
use crate::record::{Binary, Ended, Line, Test, TestState, append};

/// Runs a test binary as the plan says.
pub(crate) fn runner(command: &[OsString]) -> Result<ExitCode, Error> {
    // A signal is for the test binary, and this is to tell of it.
    ctrlc::set_handler(|| {}).map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    let [path, arguments @ ..] = command else {
        return Err(Error::new(Kind::Usage, "there is nothing to run"));
    };
    let plan = std::env::var_os(plan::VARIABLE)
        .ok_or_else(|| Error::new(Kind::Usage, "this is called by cargo alone"))?;
    let plan = Plan::read(Path::new(&plan))?;
    let status = Runner::new(&plan, PathBuf::from(path)).run(arguments)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(u8::MAX)))
}

struct Runner<'p> {
    plan: &'p Plan,
    path: PathBuf,
    package: String,
    name: String,
    /// The tests that were left out here, and why.
    left: Vec<(String, String)>,
}

impl<'p> Runner<'p> {
    fn new(plan: &'p Plan, path: PathBuf) -> Self {
        Self {
            plan,
            package: std::env::var("CARGO_PKG_NAME").unwrap_or_default(),
            name: target(&path),
            path,
            left: Vec::new(),
        }
    }

    fn run(mut self, arguments: &[OsString]) -> Result<ExitStatus, Error> {
        if self.plan.is_of_another(&self.package, &self.name) {
            return Ok(ExitStatus::default());
        }
        let chosen = match self.plan.takes_all() {
            true => None,
            false => list(&self.path, None),
        };
        let mut command = Command::new(&self.path);
        command.args(arguments);
        if let Some(tests) = chosen {
            let (chosen, left) = self.plan.choose(tests);
            self.left = left;
            if chosen.is_empty() {
                self.begins(0)?;
                self.ended(Output::default(), &Death::None)?;
                return Ok(ExitStatus::default());
            }
            command.args(exactly(&chosen));
        }
        if let Some(order) = &self.plan.order {
            // The order is chosen by libtest itself, which keeps that behind a door for nightly compilers.
            command.env("RUSTC_BOOTSTRAP", "1");
            command.args(["-Zunstable-options", "--test-threads=1", "--shuffle-seed"]);
            command.arg(order.seed.to_string());
        }
        self.watch(command)
    }

    fn watch(self, mut command: Command) -> Result<ExitStatus, Error> {
        command
            .env("CONTRAIT_RECORD", &self.plan.records)
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let failed = |error: std::io::Error| Error::file(&self.path, error);
        let mut child = command.spawn().map_err(failed)?;
        let mut log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.plan.log)
            .map_err(failed)?;
        let mut output = Output::default();
        if let Some(stdout) = child.stdout.take() {
            self.read(stdout, &mut log, &mut output)?;
        }
        let status = child.wait().map_err(failed)?;
        self.ended(output, &Death::of(status))?;
        Ok(status)
    }

    fn read(&self, stdout: impl Read, log: &mut File, output: &mut Output) -> Result<(), Error> {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|length| length > 0)
        {
            let begun = output.running;
            output.line(String::from_utf8_lossy(&line).trim_end());
            let mut said = Vec::new();
            if let (None, Some(tests)) = (begun, output.running) {
                self.begins(tests)?;
                said.extend(beginning(&self.package, &self.name, tests).into_bytes());
            }
            said.append(&mut line);
            log.write_all(&said)
                .map_err(|error| Error::file(&self.plan.log, error))?;
        }
        Ok(())
    }

    fn begins(&self, tests: usize) -> Result<(), Error> {
        let binary = Binary {
            package: self.package.clone(),
            name: self.name.clone(),
            path: self.path.clone(),
            tests,
        };
        append(&self.plan.records, &Line::Binary(binary))
    }

    fn ended(self, output: Output, death: &Death) -> Result<(), Error> {
        let absent = self.absent(&output, death);
        let ended = Ended {
            package: self.package,
            name: self.name,
            died: match death {
                Death::Unexpected(how) => Some(how.clone()),
                Death::None | Death::Interrupted => None,
            },
            tests: output.tests.into_iter().chain(absent).collect(),
        };
        append(&self.plan.records, &Line::Ended(ended))
    }

    /// What did not run, and why.
    fn absent(&self, output: &Output, death: &Death) -> Vec<Test> {
        let mut absent = self.left.clone();
        let why = match death {
            Death::Unexpected(how) => Some(format!("its test binary died before ({how})")),
            Death::Interrupted => Some("the run was interrupted".to_owned()),
            Death::None if output.filtered > 0 && self.plan.takes_all() => {
                Some("it was filtered out by what stands after `--`".to_owned())
            }
            Death::None => None,
        };
        if let Some(why) = why {
            let told: HashSet<&str> = output.tests.iter().map(|test| test.name.as_str()).collect();
            let all = list(&self.path, None).unwrap_or_default();
            let (asked, _) = self.plan.choose(all);
            let missing = asked
                .into_iter()
                .filter(|name| !told.contains(name.as_str()));
            absent.extend(missing.map(|name| (name, why.clone())));
        }
        let test = |(name, why)| Test {
            name,
            state: TestState::Absent(why),
        };
        absent.into_iter().map(test).collect()
    }
}

/// The name of the target: the file's without the hash that cargo adds.
fn target(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match stem.rsplit_once('-') {
        Some((name, hash)) if hash.len() == 16 => name.to_owned(),
        _ => stem.into_owned(),
    }
}

/// What ended a test binary that did not end by itself.
enum Death {
    None,
    /// A signal by which people and machines end what they no longer want.
    Interrupted,
    /// Something else, which this describes.
    Unexpected(String),
}

impl Death {
    fn of(status: ExitStatus) -> Self {
        // libtest ends with 101 where tests failed.
        match status.code() {
            Some(0 | 101) => Self::None,
            Some(code) => Self::Unexpected(format!("exit code {code}")),
            None if is_interruption(status) => Self::Interrupted,
            None => Self::Unexpected(status.to_string()),
        }
    }
}

#[cfg(unix)]
fn is_interruption(status: ExitStatus) -> bool {
    use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
    use std::os::unix::process::ExitStatusExt;

    let signal = status.signal();
    [SIGHUP, SIGINT, SIGTERM]
        .iter()
        .any(|known| signal == Some(*known as i32))
}

#[cfg(not(unix))]
fn is_interruption(_: ExitStatus) -> bool {
    false
}
