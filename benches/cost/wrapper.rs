//! The harness as a wrapper of rustc that writes down what each crate takes.
//!
//! Cargo's own `--timings` shows wall time, which says little when crates are built side by side.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::Outcome;
use crate::measure::children;
use crate::progress::progress;

/// Names the file to write to; whoever starts cargo with the wrapper sets it.
const RECORD: &str = "CONTRAIT_COST_RECORD";
/// Names the crate whose compilation is to be counted, not timed.
const COUNT: &str = "CONTRAIT_COST_COUNT";

/// Makes cargo call this program for each crate, and write what it took to `record`.
pub(crate) fn record_to(command: &mut Command, record: &Path) -> Outcome<()> {
    command
        .env("RUSTC_WRAPPER", env::current_exe()?)
        .env(RECORD, record);
    Ok(())
}

/// Makes cargo call this program, and write to `record` how many instructions compiling `name` takes, by valgrind.
pub(crate) fn count_to(command: &mut Command, record: &Path, name: &str) -> Outcome<()> {
    record_to(command, record)?;
    command.env(COUNT, name);
    Ok(())
}

/// The number of instructions that was written by valgrind.
pub(crate) fn read_count(record: &Path) -> Outcome<f64> {
    let text = fs::read_to_string(record)?;
    let count = text
        .lines()
        .find_map(|line| Some(line.split_once("Collected : ")?.1));
    Ok(count.ok_or("valgrind counted nothing")?.trim().parse()?)
}

/// Acts as the wrapper, if that is what this process was started for.
pub(crate) fn run_if_asked() -> Option<ExitCode> {
    let record = env::var_os(RECORD)?;
    let code = compile(Path::new(&record)).unwrap_or_else(|error| {
        progress(format!("cannot record a compilation: {error}"));
        ExitCode::FAILURE
    });
    Some(code)
}

fn compile(record: &Path) -> Outcome<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments
        .next()
        .ok_or("the wrapper was called without a compiler")?;
    let arguments: Vec<_> = arguments.collect();
    let name = arguments
        .iter()
        .position(|argument| argument == "--crate-name")
        .and_then(|at| arguments.get(at + 1)?.to_str());
    let count = env::var(COUNT).ok();
    let mut command = match (&name, &count) {
        (Some(name), Some(count)) if name == count => valgrind(&rustc, record),
        _ => Command::new(rustc),
    };
    let status = command.args(&arguments).status()?;
    if let (Some(name), None) = (name, count) {
        // One write a crate, so that compilers that run side by side do not mix their lines.
        let line = format!("{name} {}\n", children()?.as_secs_f64());
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(record)?
            .write_all(line.as_bytes())?;
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

fn valgrind(rustc: &OsStr, log: &Path) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command
        .arg(format!("--log-file={}", log.display()))
        .arg(rustc);
    command
}

/// What building one crate took; versions of a crate that are both built count as two crates.
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) crates: usize,
    /// In seconds, with its build script.
    pub(crate) cpu: f64,
}

/// Reads a record, without the crates named in `own`, the costliest first.
pub(crate) fn read(record: &Path, own: &[&str]) -> Outcome<Vec<Built>> {
    let mut crates: BTreeMap<String, Built> = BTreeMap::new();
    for line in fs::read_to_string(record)?.lines() {
        let (name, cpu) = line
            .split_once(' ')
            .ok_or("a line of the record has no time")?;
        // Cargo asks the compiler about the target under the name `___`.
        if name == "___" || own.contains(&name) {
            continue;
        }
        let built = crates.entry(name.to_owned()).or_insert_with(|| Built {
            name: name.to_owned(),
            crates: 0,
            cpu: 0.0,
        });
        built.crates += usize::from(name != "build_script_build");
        built.cpu += cpu.parse::<f64>()?;
    }
    let mut crates: Vec<Built> = crates.into_values().collect();
    crates.sort_by(|a, b| b.cpu.total_cmp(&a.cpu));
    Ok(crates)
}
