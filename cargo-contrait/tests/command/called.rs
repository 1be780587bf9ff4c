//! The command, and what came of calling it.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

/// The command, in an environment in which nothing is set that it reads.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-contrait"));
    for name in [
        // Each of these decides on colours; a dumb terminal has some where there is `CI`.
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
        "CARGO_TERM_COLOR",
        "CI",
        "CONTRAIT_RECORD",
        "CARGO_TARGET_DIR",
    ] {
        command.env_remove(name);
    }
    command
}

/// What came of a call.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

impl From<Output> for Called {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the command writes text");
        Self {
            out: text(output.stdout),
            err: text(output.stderr),
            code: output.status.code(),
        }
    }
}

/// Calls it on files of `tests/fixtures`.
pub(crate) fn read<A: AsRef<OsStr>>(files: &[&str], arguments: &[A]) -> Called {
    let mut command = command();
    for file in files {
        command.arg("--records").arg(fixture(file));
    }
    command.args(arguments).output().expect("it starts").into()
}

/// Calls a subcommand on files of `tests/fixtures`.
pub(crate) fn read_with(subcommand: &str, files: &[&str]) -> Called {
    let mut command = command();
    command.arg(subcommand);
    for file in files {
        command.arg("--records").arg(fixture(file));
    }
    command.output().expect("it starts").into()
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name]
        .iter()
        .collect()
}

impl Called {
    /// That it ended with this code, and said this beside its results.
    #[track_caller]
    pub(crate) fn ends(&self, code: i32, says: &str) {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(self.err.contains(says), "{says:?} is not said\n{self:#?}");
    }
}
