//! How the command ends: what it found, or why it could not look. Every end has an exit code of its own, so that CI can
//! tell a broken promise from a broken build.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing is wrong: exit code 0.
    Fine,
    /// A promise is broken, or there is a finding that was denied: exit code 1.
    Broken,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Broken => Self::FAILURE,
        }
    }
}

/// Why nothing, or not everything, was looked at.
#[derive(Debug)]
pub(crate) struct Error {
    kind: Kind,
    message: String,
    remedy: Option<String>,
}

/// The kinds of errors; each has an exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The command was called with what it cannot work with, as an unknown backend. clap has the same code.
    Usage = 2,
    /// The workspace does not build.
    Build = 3,
    /// There is nothing to look at: no tests, or none of a suite.
    Nothing = 4,
    /// A file cannot be read or written, or holds what it should not.
    File = 5,
    /// A tool that is needed is missing, or did what it should not.
    Tool = 6,
    /// Tests ended without a result: the process died, or was killed.
    Incomplete = 7,
    /// A signal ended the run. Shells use this code for SIGINT.
    Interrupted = 130,
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            remedy: None,
        }
    }

    /// With what its reader can do about it.
    #[must_use]
    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: &Path, why: impl fmt::Display) -> Self {
        Self::new(Kind::File, format!("{}: {why}", path.display()))
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n  {}", remedy.replace('\n', "\n  ")),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// cargo says no, mostly since there is no workspace here; or there is no cargo.
impl From<cargo_metadata::Error> for Error {
    fn from(error: cargo_metadata::Error) -> Self {
        let cargo_metadata::Error::CargoMetadata { stderr } = error else {
            let message = format!("cargo does not say what the workspace is: {error}");
            return Self::new(Kind::Tool, message).remedy(
                "`cargo metadata --no-deps` has to work here; `CARGO` names another cargo.",
            );
        };
        let why = stderr.trim();
        let why = why.strip_prefix("error: ").unwrap_or(why);
        Self::new(Kind::Usage, format!("no workspace can be read here: {why}"))
            .remedy("Run it within a cargo workspace, or name one with `--manifest-path`.")
    }
}
