//! The cache suite of this workspace as a whole, on the servers that a run can have.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, fmt, fs};

use contrait::report::Record;

use crate::Outcome;
use crate::measure::{Cost, median, run};
use crate::options::Options;
use crate::progress::progress;
use crate::workspace;

/// The clients whose suites are measured, each by itself: what a user waits for who has one.
const CLIENTS: [&str; 3] = ["redis_rs", "fred", "rustis"];

/// The suite of the client that is slowest on one kind of server; or why it was not measured.
pub(crate) type Measured = Result<Suite, String>;

pub(crate) struct Suite {
    client: &'static str,
    /// Seconds.
    pub(crate) wall: f64,
    /// Seconds that the longest of its cases takes.
    pub(crate) longest: f64,
    passed: String,
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            client,
            wall,
            longest,
            passed,
        } = self;
        write!(
            f,
            "{wall:.2} s with {client}, {passed}, the longest case {longest:.2} s"
        )
    }
}

/// The whole suite with its generated checks on the embedded server, and the cases alone on a real one: there, the checks
/// take as long as the server takes for their thousands of calls.
pub(crate) struct Cache {
    pub(crate) embedded: Measured,
    pub(crate) real: Measured,
}

/// Builds `tests/cache.rs` and runs it.
pub(crate) fn measure(options: &Options) -> Outcome<Cache> {
    progress("building the cache suite");
    let mut cargo = workspace::cargo();
    cargo.current_dir(workspace::root()).args([
        "test",
        "--no-run",
        "--test",
        "cache",
        "--message-format",
        "json",
    ]);
    if let Some(target) = env::var_os("CARGO_TARGET_DIR") {
        cargo.env("CARGO_TARGET_DIR", target);
    }
    let (output, _) = run(&mut cargo)?;
    let messages = String::from_utf8_lossy(&output.stdout);
    let binary = messages
        .rsplit_once(r#""executable":""#)
        .and_then(|(_, rest)| rest.split_once('"'));
    let binary = PathBuf::from(binary.ok_or("cargo named no test binary")?.0);
    let real = match Command::new("redis-server").arg("--version").output() {
        Ok(_) => slowest(&binary, "real", &["--skip", "generated::"], options),
        Err(_) => Err("no redis-server".to_owned()),
    };
    Ok(Cache {
        embedded: slowest(&binary, "embedded", &[], options),
        real,
    })
}

fn slowest(binary: &Path, servers: &str, arguments: &[&str], options: &Options) -> Measured {
    progress(format!("running the cache suite, {servers} servers"));
    let suites = CLIENTS.map(|client| suite(binary, client, servers, arguments, options));
    let suites = suites.into_iter().collect::<Result<Vec<_>, _>>()?;
    let slowest = suites
        .into_iter()
        .max_by(|one, other| one.wall.total_cmp(&other.wall));
    slowest.ok_or_else(|| "no clients".to_owned())
}

fn suite(
    binary: &Path,
    client: &'static str,
    servers: &str,
    arguments: &[&str],
    options: &Options,
) -> Measured {
    let records = workspace::scratch().join(format!("cost-{client}-{servers}.jsonl"));
    let (mut times, mut longest, mut passed) = (Vec::new(), Vec::new(), String::new());
    for _ in 0..options.rounds {
        let _ = fs::remove_file(&records);
        let mut command = Command::new(binary);
        // As `.cargo/config.toml` has it: cases mostly wait, so they wait side by side.
        command
            .arg(format!("{client}::"))
            .args(arguments)
            .current_dir(workspace::root())
            .env("CONTRAIT_SERVERS", servers)
            .env("CONTRAIT_RECORD", &records)
            .env("RUST_TEST_THREADS", "32");
        let (output, Cost { wall, .. }) =
            run(&mut command).map_err(|error| last_line(&error.to_string()))?;
        times.push(wall);
        longest.push(longest_case(&records)?);
        passed = summary(&String::from_utf8_lossy(&output.stdout));
    }
    let median = |times: &[f64]| median(times).ok_or("no rounds");
    Ok(Suite {
        client,
        wall: median(&times)?,
        longest: median(&longest)?,
        passed,
    })
}

/// In seconds.
fn longest_case(records: &Path) -> Result<f64, String> {
    let records = Record::read(records).map_err(|error| error.to_string())?;
    let longest = records
        .iter()
        .flatten()
        .map(|record| record.duration_us)
        .max();
    Ok(Duration::from_micros(longest.ok_or("no records")?).as_secs_f64())
}

/// `12 passed`, of libtest's last line.
fn summary(said: &str) -> String {
    let result = said.lines().rfind(|line| line.starts_with("test result:"));
    let passed = result.and_then(|line| line.split(". ").nth(1)?.split(';').next());
    passed.unwrap_or("nothing passed").to_owned()
}

fn last_line(text: &str) -> String {
    text.lines()
        .rfind(|line| line.starts_with("test result:"))
        .unwrap_or_else(|| text.lines().next().unwrap_or("failed"))
        .to_owned()
}
