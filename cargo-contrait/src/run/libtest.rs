//! `cargo test`, with a runner before each test binary.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use super::plan::{self, Plan};
use crate::cli::{CargoArgs, RunArgs};
use crate::error::{Error, Kind};
use crate::record::{Binary, Ended, Line, Test, TestState, append};

/// The command line of `cargo test`.
pub(super) fn command(args: &RunArgs, plan: &Plan) -> Result<Command, Error> {
    let mut command = cargo();
    command.args(["test", "--no-fail-fast"]);
    command
        .arg("--config")
        .arg(format!("target.'cfg(all())'.runner = {}", runner()?));
    cargo_args(&args.cargo, &mut command);
    if let Some(profile) = &args.cargo.profile {
        command.arg("--profile").arg(profile);
    }
    if let Some(manifest) = &args.workspace.manifest_path {
        command.arg("--manifest-path").arg(manifest);
    }
    if args.cargo.tests.is_empty() && !args.cargo.lib {
        // All but the examples in docs, which are no suites.
        command.arg("--tests");
    }
    if !args.passed_on.is_empty() {
        command.arg("--").args(&args.passed_on);
    }
    command.env(plan::VARIABLE, plan.path());
    // For the runner, or for one of the user's own in its place.
    command.env("CONTRAIT_RECORD", &plan.records);
    Ok(command)
}

/// The cargo that called this command.
pub(super) fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // `cargo run`, behind an alias, tells of a package that is none of this business; build scripts would run anew.
    for (name, _) in std::env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"]
            .iter()
            .any(|own| name.to_string_lossy().starts_with(own))
        {
            command.env_remove(name);
        }
    }
    command
}

/// The options that say what is run, as they can be given again.
pub(crate) fn chosen_options(args: &RunArgs) -> Vec<String> {
    let mut command = Command::new("");
    cargo_args(&args.cargo, &mut command);
    let several = |name: &'static str, values: &[String]| -> Vec<String> {
        values
            .iter()
            .flat_map(|value| [name.to_owned(), value.clone()])
            .collect()
    };
    let cargo = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned());
    let mut options: Vec<String> = cargo.collect();
    options.extend(several("--backend", &args.backends));
    options.extend(several("--case", &args.cases));
    options.extend(several("--suite", &args.suites));
    options.extend(several("--profile", args.cargo.profile.as_slice()));
    options.extend(args.passed_on.iter().cloned());
    options
}

/// What `cargo test` and `cargo nextest` take alike.
pub(super) fn cargo_args(args: &CargoArgs, command: &mut Command) {
    let mut several = |name: &str, values: &[String]| {
        for value in values {
            command.arg(name).arg(value);
        }
    };
    several("--package", &args.packages);
    several("--exclude", &args.exclude);
    several("--test", &args.tests);
    several("--features", &args.features);
    let flags = [
        ("--workspace", args.all_packages),
        ("--lib", args.lib),
        ("--all-features", args.all_features),
        ("--no-default-features", args.no_default_features),
        ("--release", args.release),
        ("--offline", args.offline),
        ("--locked", args.locked),
    ];
    command.args(
        flags
            .iter()
            .filter(|(_, given)| *given)
            .map(|(name, _)| name),
    );
    if let Some(folder) = &args.target_dir {
        command.arg("--target-dir").arg(folder);
    }
}

/// This command as a runner, as a list of TOML.
fn runner() -> Result<String, Error> {
    let itself = std::env::current_exe();
    let itself = itself.map_err(|error| Error::new(Kind::Tool, format!("where am I? {error}")))?;
    let itself = itself.to_str().ok_or_else(|| {
        Error::new(
            Kind::Tool,
            format!(
                "{} is no text that cargo's configuration can hold",
                itself.display()
            ),
        )
    })?;
    // JSON's strings are strings of TOML.
    Ok(serde_json::json!([itself, "__runner"]).to_string())
}

/// The names of a binary's tests; nothing where it is none of libtest's.
pub(super) fn list(binary: &Path, folder: Option<&Path>) -> Option<Vec<String>> {
    let mut command = Command::new(binary);
    command
        .args(["--list", "--format", "terse"])
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    if let Some(folder) = folder {
        command.current_dir(folder);
    }
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let name = |line: &str| match line.strip_suffix(": test") {
        Some(name) => Some(Some(name.to_owned())),
        None => line.strip_suffix(": benchmark").map(|_| None),
    };
    let names: Option<Vec<Option<String>>> = text.lines().map(name).collect();
    Some(names?.into_iter().flatten().collect())
}

/// Notes the tests of binaries whose runner did not live to do so.
pub(super) fn complete(plan: &Plan, interrupted: bool) -> Result<(), Error> {
    let text = std::fs::read_to_string(&plan.records)
        .map_err(|error| Error::file(&plan.records, error))?;
    let (mut begun, mut ended) = (Vec::new(), HashSet::new());
    for line in text
        .lines()
        .filter(|line| line.starts_with("{\"binary\":") || line.starts_with("{\"ended\":"))
    {
        match serde_json::from_str(line) {
            Ok(Line::Binary(binary)) => begun.push(binary),
            Ok(Line::Ended(Ended { package, name, .. })) => drop(ended.insert((package, name))),
            Err(_) => {}
        }
    }
    let lost = begun
        .into_iter()
        .filter(|begun: &Binary| !ended.contains(&(begun.package.clone(), begun.name.clone())));
    for binary in lost {
        let why = if interrupted {
            "the run was interrupted"
        } else {
            "its test binary was killed"
        };
        let names = list(&binary.path, None).unwrap_or_default();
        let tests = names.into_iter().map(|name| Test {
            name,
            state: TestState::Absent(why.to_owned()),
        });
        let ended = Ended {
            package: binary.package,
            name: binary.name,
            died: (!interrupted).then(|| why.to_owned()),
            tests: tests.collect(),
        };
        append(&plan.records, &Line::Ended(ended))?;
    }
    Ok(())
}

/// The arguments of a test binary that runs these tests and no others.
pub(super) fn exactly(tests: &[String]) -> Vec<OsString> {
    let exact = (!tests.is_empty()).then(|| "--exact".into());
    exact
        .into_iter()
        .chain(tests.iter().map(Into::into))
        .collect()
}
