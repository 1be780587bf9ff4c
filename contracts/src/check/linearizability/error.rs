//! What can be wrong with a history before anything is checked.

use std::error::Error;
use std::fmt;
use std::io;

use super::history::Moment;

/// Why a history is none. Entries are counted from 0, lines from 1.
#[derive(Debug)]
#[non_exhaustive]
pub enum HistoryError {
    /// An operation ends before it begins.
    EndsBeforeItBegins {
        /// The entry.
        index: usize,
        /// When it was called.
        from: Moment,
        /// When it returned.
        at: Moment,
    },
    /// A client called while an earlier call of its own had not returned.
    TwoCallsAtOnce {
        /// The client.
        client: u32,
        /// The entry of the call that was under way.
        earlier: usize,
        /// The entry of the call that was too early.
        later: usize,
    },
    /// A line of a file does not say what an operation must say.
    Line {
        /// The file, or where else the lines came from.
        source: String,
        /// The line.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// The file could not be read or written.
    Io {
        /// The file.
        source: String,
        /// Why.
        error: io::Error,
    },
}

impl HistoryError {
    /// This, said of the lines of a file that holds an entry a line.
    pub(super) fn in_lines(self, source: &str, lines: &[usize]) -> Self {
        let (index, problem) = match &self {
            Self::EndsBeforeItBegins { index, from, at } => {
                (*index, format!("ends at {at}, before it begins at {from}"))
            }
            Self::TwoCallsAtOnce {
                client,
                earlier,
                later,
            } => (
                *later,
                format!(
                    "client {client} calls while its call of line {} has not returned",
                    lines[*earlier]
                ),
            ),
            Self::Line { .. } | Self::Io { .. } => return self,
        };
        Self::Line {
            source: source.to_owned(),
            line: lines[index],
            problem,
        }
    }
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndsBeforeItBegins { index, from, at } => {
                write!(f, "entry {index} ends at {at}, before it begins at {from}")
            }
            Self::TwoCallsAtOnce {
                client,
                earlier,
                later,
            } => write!(
                f,
                "entry {later}: client {client} calls while its call of entry {earlier} has not returned"
            ),
            Self::Line {
                source,
                line,
                problem,
            } => write!(f, "{source}:{line}: {problem}"),
            Self::Io { source, error } => write!(f, "{source}: {error}"),
        }
    }
}

impl Error for HistoryError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
