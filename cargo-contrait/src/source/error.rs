//! Why sources cannot be read.

use std::fmt;

use camino::Utf8PathBuf;

use crate::error::{Error, Kind};

/// Why sources cannot be read.
#[derive(Debug)]
pub(crate) enum SourceError {
    /// `cargo metadata` says no, mostly since there is no project here.
    Metadata(String),
    Unreadable {
        file: Utf8PathBuf,
        error: std::io::Error,
    },
    /// A `mod` without a file.
    Missing {
        module: String,
        file: Utf8PathBuf,
        line: usize,
    },
    Unparsable {
        file: Utf8PathBuf,
        line: usize,
        column: usize,
        message: String,
    },
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Metadata(message) => {
                write!(f, "no workspace can be read here: {}", message.trim())
            }
            Self::Unreadable { file, error } => write!(f, "{file}: {error}"),
            Self::Missing { module, file, line } => {
                write!(f, "{file}:{line}: there is no file for `mod {module};`")
            }
            Self::Unparsable {
                file,
                line,
                column,
                message,
            } => write!(f, "{file}:{line}:{column}: {message}"),
        }
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        let (kind, remedy) = match &error {
            SourceError::Metadata(_) => (
                Kind::Usage,
                "go to a folder of a cargo project, or name one with `--manifest-path`",
            ),
            SourceError::Unreadable { .. } => {
                (Kind::File, "a target of the workspace has no such file")
            }
            SourceError::Missing { .. } => (Kind::File, "add the file, or take the `mod` away"),
            SourceError::Unparsable { .. } => (Kind::File, "`cargo check` says more"),
        };
        Self::new(kind, error.to_string()).remedy(remedy)
    }
}
