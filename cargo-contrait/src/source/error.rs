//! Why sources cannot be read.

use std::fmt;

use camino::Utf8PathBuf;

use crate::error::{Error, Kind};

/// Why sources cannot be read.
#[derive(Debug)]
pub(crate) enum SourceError {
    Metadata(cargo_metadata::Error),
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
            Self::Metadata(error) => error.fmt(f),
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
        let remedy = match error {
            SourceError::Metadata(error) => return error.into(),
            SourceError::Unreadable { .. } => "a target of the workspace has no such file",
            SourceError::Missing { .. } => "add the file, or take the `mod` away",
            SourceError::Unparsable { .. } => "`cargo check` says more",
        };
        Self::new(Kind::File, error.to_string()).remedy(remedy)
    }
}
