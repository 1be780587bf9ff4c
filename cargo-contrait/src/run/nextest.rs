//! `cargo nextest`: a process a test. What did not run, it lists; why a test is ignored, the test binary itself says.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::libtest::{cargo, cargo_args, exactly};
use super::output::Output;
use super::plan::Plan;
use crate::cli::RunArgs;
use crate::error::{Error, Kind};
use crate::record::{Ended, Line, Test, TestState, append};

/// The command line that runs the tests.
pub(super) fn command(args: &RunArgs, plan: &Plan) -> Result<Command, Error> {
    let found = cargo()
        .args(["nextest", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let found =
        found.map_err(|error| Error::new(Kind::Tool, format!("cargo does not start: {error}")))?;
    if !found.success() {
        return Err(Error::new(Kind::Tool, "cargo-nextest is not installed")
            .remedy("`cargo install --locked cargo-nextest`, or run without `--nextest`."));
    }
    let mut command = nextest(args, plan, "run");
    command.args(["--no-fail-fast", "--no-tests", "pass"]);
    command.args(&args.passed_on);
    command.env("CONTRAIT_RECORD", &plan.records);
    Ok(command)
}

fn nextest(args: &RunArgs, plan: &Plan, what: &str) -> Command {
    let mut command = cargo();
    command.args(["nextest", what]);
    cargo_args(&args.cargo, &mut command);
    if let Some(profile) = &args.cargo.profile {
        command.arg("--cargo-profile").arg(profile);
    }
    if let Some(manifest) = &args.workspace.manifest_path {
        command.arg("--manifest-path").arg(manifest);
    }
    if let Some(filter) = filter(plan) {
        command.arg("--filterset").arg(filter);
    }
    if let Some(part) = plan.part {
        command.arg("--partition").arg(format!("slice:{part}"));
    }
    command
}

/// The chosen backends and cases as an expression.
fn filter(plan: &Plan) -> Option<String> {
    let any = |before: &str, texts: &[String], after: &str| {
        let each = texts
            .iter()
            .map(|text| format!("test(/{before}{}{after}/)", literally(text)));
        let each: Vec<String> = each.collect();
        (!each.is_empty()).then(|| format!("({})", each.join(" | ")))
    };
    let backends = any("(^|::)", &plan.backends, "::");
    let cases = any("", &plan.cases, "");
    let both: Vec<String> = backends.into_iter().chain(cases).collect();
    (!both.is_empty()).then(|| both.join(" & "))
}

/// A text as a regular expression that matches it alone.
fn literally(text: &str) -> String {
    let escaped = |char: char| match char.is_alphanumeric() || "_:".contains(char) {
        true => char.to_string(),
        false => format!("\\{char}"),
    };
    text.chars().map(escaped).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Listed {
    rust_suites: BTreeMap<String, ListedBinary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ListedBinary {
    package_name: String,
    binary_name: String,
    #[serde(default)]
    binary_path: PathBuf,
    #[serde(default)]
    cwd: PathBuf,
    #[serde(default)]
    testcases: BTreeMap<String, ListedTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct ListedTest {
    ignored: bool,
    filter_match: FilterMatch,
}

#[derive(Deserialize)]
struct FilterMatch {
    status: String,
    reason: Option<String>,
}

/// Notes what did not run.
pub(super) fn list(args: &RunArgs, plan: &Plan) -> Result<(), Error> {
    let mut command = nextest(args, plan, "list");
    let output = command
        .args(["--message-format", "json"])
        .stderr(Stdio::null())
        .output();
    let output = output.map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    let listed: Listed = serde_json::from_slice(&output.stdout).map_err(|error| {
        Error::new(
            Kind::Tool,
            format!("`cargo nextest list` is not understood: {error}"),
        )
    })?;
    let failed = failed(plan)?;
    for (id, binary) in listed.rust_suites {
        append(
            &plan.records,
            &Line::Ended(binary.ended(&id, plan, &failed)),
        )?;
    }
    Ok(())
}

/// What nextest says of each test that did not pass, as the name of its binary and its own.
fn failed(plan: &Plan) -> Result<BTreeMap<String, TestState>, Error> {
    let log = std::fs::read_to_string(&plan.log).map_err(|error| Error::file(&plan.log, error))?;
    Ok(log.lines().filter_map(status).collect())
}

/// `        FAIL [   0.005s] (1/9) limiter::contract sliding_log::x`
pub(super) fn status(line: &str) -> Option<(String, TestState)> {
    let plain = anstream::adapter::strip_str(line).to_string();
    let (word, rest) = plain.trim_start().split_once(" [")?;
    let word = word.split_whitespace().last()?;
    let (_, rest) = rest.split_once("] ")?;
    let rest = match rest.trim_start().strip_prefix('(') {
        Some(counted) => counted.split_once(") ")?.1,
        None => rest,
    };
    let state = match word {
        "PASS" | "LEAK" => TestState::Passed,
        "FAIL" | "TIMEOUT" | "TERMINATING" => TestState::Failed,
        word if word.starts_with("SIG") => TestState::Failed,
        _ => return None,
    };
    Some((rest.trim().to_owned(), state))
}

impl ListedBinary {
    fn ended(self, id: &str, plan: &Plan, told: &BTreeMap<String, TestState>) -> Ended {
        let ignored = self.testcases.iter().filter(|(_, test)| test.ignored);
        let ignored: Vec<String> = ignored.map(|(name, _)| name.clone()).collect();
        let reasons = self.reasons(&ignored);
        let tests = self.testcases.into_iter().map(|(name, test)| {
            let left = test
                .filter_match
                .reason
                .as_deref()
                .filter(|_| test.filter_match.status != "matches");
            let state = match (left, told.get(&format!("{id} {name}"))) {
                (_, Some(state)) => state.clone(),
                _ if test.ignored => TestState::Ignored(reasons.get(&name).cloned().flatten()),
                (Some("partition"), _) => {
                    TestState::Absent("it belongs to another part".to_owned())
                }
                (Some(why), _) => TestState::Absent(format!("nextest left it out ({why})")),
                (None, None) => TestState::Absent("nextest does not tell of it".to_owned()),
            };
            Test { name, state }
        });
        Ended {
            died: None,
            tests: tests.filter(|test| plan.is_asked(&test.name)).collect(),
            package: self.package_name,
            name: self.binary_name,
        }
    }

    /// Why tests are ignored: a test binary that is to run nothing else says just that.
    fn reasons(&self, ignored: &[String]) -> BTreeMap<String, Option<String>> {
        if ignored.is_empty() {
            return BTreeMap::new();
        }
        let mut command = Command::new(&self.binary_path);
        command
            .args(exactly(ignored))
            .current_dir(&self.cwd)
            .stdin(Stdio::null())
            .stderr(Stdio::null());
        let output = command
            .output()
            .map(|output| output.stdout)
            .unwrap_or_default();
        let mut read = Output::default();
        String::from_utf8_lossy(&output)
            .lines()
            .for_each(|line| read.line(line));
        let reason = |test: Test| match test.state {
            TestState::Ignored(reason) => Some((test.name, reason)),
            _ => None,
        };
        read.tests.into_iter().filter_map(reason).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Plan, filter, status};
    use crate::record::TestState;

    #[test]
    fn backends_and_cases_as_an_expression() {
        let plan = Plan {
            backends: vec!["memory".to_owned(), "redis_rs".to_owned()],
            cases: vec!["ttl::".to_owned()],
            ..Plan::default()
        };
        let expression = "(test(/(^|::)memory::/) | test(/(^|::)redis_rs::/)) & (test(/ttl::/))";
        assert_eq!(filter(&plan).as_deref(), Some(expression));
        assert_eq!(filter(&Plan::default()), None);
    }

    #[test]
    fn the_lines_of_nextest() {
        let of = |line| status(line).map(|(name, state)| (name, state == TestState::Passed));
        let name = || "limiter::contract ring::x".to_owned();
        assert_eq!(
            of("        PASS [   0.005s] limiter::contract ring::x"),
            Some((name(), true))
        );
        assert_eq!(
            of("        FAIL [   0.005s] (1/9) limiter::contract ring::x"),
            Some((name(), false))
        );
        assert_eq!(
            of("     SIGABRT [   0.1s] (1/9) limiter::contract ring::x"),
            Some((name(), false))
        );
        assert_eq!(
            of("  TRY 2 PASS [   0.005s] limiter::contract ring::x"),
            Some((name(), true))
        );
        assert_eq!(of("     Summary [   0.005s] 9 tests run"), None);
    }
}
