//! The cache suite of this workspace as a whole, on the servers that a run can have.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::measure::{Cost, median, run};
use crate::options::Options;
use crate::progress::progress;
use crate::workspace;

/// The suite on one kind of server: wall seconds, and how many cases passed; or why it was not measured.
pub(crate) type Measured = Result<(f64, String), String>;

/// On the embedded server, and on a real one.
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
        Ok(_) => suite(&binary, "real", options),
        Err(_) => Err("no redis-server".to_owned()),
    };
    Ok(Cache {
        embedded: suite(&binary, "embedded", options),
        real,
    })
}

fn suite(binary: &PathBuf, servers: &str, options: &Options) -> Measured {
    progress(format!("running the cache suite, {servers} servers"));
    let (mut times, mut passed) = (Vec::new(), String::new());
    for _ in 0..options.rounds {
        let mut command = Command::new(binary);
        // As `.cargo/config.toml` has it: cases mostly wait, so they wait side by side.
        command
            .current_dir(workspace::root())
            .env("CONTRAIT_SERVERS", servers)
            .env("RUST_TEST_THREADS", "32");
        let (output, Cost { wall, .. }) =
            run(&mut command).map_err(|error| last_line(&error.to_string()))?;
        times.push(wall);
        passed = summary(&String::from_utf8_lossy(&output.stdout));
    }
    median(&times)
        .map(|wall| (wall, passed))
        .ok_or_else(|| "no rounds".to_owned())
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
