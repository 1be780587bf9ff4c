//! What can go wrong between a test and its server.
//!
//! Every message stands alone in a failed test's output: it names the server or the file and says what to do. No variant
//! ever holds a password.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::sync::Arc;
use std::{error, io};

/// Why there is no server to test against.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ServerError {
    /// No source has the server: none is named and none is installed.
    Absent {
        /// The server's name, such as `Redis`.
        server: &'static str,
        /// Where it was looked for.
        searched: String,
        /// The ways to give one, each a sentence fragment.
        remedies: &'static [&'static str],
    },
    /// A server is named but does not answer as one.
    Unreachable {
        /// The server's name, such as `Redis`.
        server: &'static str,
        /// Its address, without user or password.
        address: String,
        /// Who named it: an environment variable.
        named_by: &'static str,
        /// What happened instead of an answer.
        problem: String,
    },
    /// An environment variable has a value that cannot be used.
    Setting {
        /// The variable.
        name: &'static str,
        /// What is wrong with its value.
        problem: String,
    },
    /// A file or directory that servers live in cannot be used.
    Files {
        /// What was to be done, such as `create`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The operating system's answer.
        source: Arc<io::Error>,
    },
    /// A server was started and did not come up, or could not be started.
    NotStarted {
        /// The server's binary.
        program: PathBuf,
        /// What happened instead.
        problem: String,
        /// The end of what the server wrote to its standard streams.
        log: String,
    },
    /// A Docker engine answers, and the container of a server did not come up.
    Container {
        /// The image that it was to be made of.
        image: String,
        /// What happened instead.
        problem: String,
    },
    /// A server of one's own is not in the state that the call needs.
    NotRunning {
        /// The server's binary.
        program: PathBuf,
        /// What was asked of it, such as `freeze`.
        action: &'static str,
    },
}

impl ServerError {
    /// For `map_err`: what was to be done with which file.
    pub(crate) fn files<E: Into<io::Error>>(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self::Files {
            action,
            path: path.into(),
            source: Arc::new(source.into()),
        }
    }
}

impl Display for ServerError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent {
                server,
                searched,
                remedies,
            } => absent(f, server, searched, remedies),
            Self::Unreachable {
                server,
                address,
                named_by,
                problem,
            } => write!(
                f,
                "no {server} answers at {address}, which {named_by} names: {problem}"
            ),
            Self::Setting { name, problem } => write!(f, "{name} cannot be used: {problem}"),
            Self::Files {
                action,
                path,
                source,
            } => write!(
                f,
                "cannot {action} {}: {source} (servers live in the temporary directory, which TMPDIR chooses)",
                path.display()
            ),
            Self::NotStarted {
                program,
                problem,
                log,
            } => not_started(f, &program.display(), problem, log),
            Self::Container { image, problem } => {
                write!(f, "a container of {image} did not come up: {problem}")
            }
            Self::NotRunning { program, action } => {
                write!(
                    f,
                    "cannot {action} {}: it is not running",
                    program.display()
                )
            }
        }
    }
}

fn absent(f: &mut Formatter<'_>, server: &str, searched: &str, remedies: &[&str]) -> fmt::Result {
    write!(
        f,
        "no {server} for this test: {searched}. One of these gives it one:"
    )?;
    remedies
        .iter()
        .try_for_each(|remedy| write!(f, "\n  - {remedy}"))
}

fn not_started(
    f: &mut Formatter<'_>,
    program: &dyn Display,
    problem: &str,
    log: &str,
) -> fmt::Result {
    write!(f, "{program} was started but {problem}; ")?;
    if log.is_empty() {
        return write!(f, "its log is empty");
    }
    write!(f, "its log ends:")?;
    log.lines().try_for_each(|line| write!(f, "\n  {line}"))
}

impl error::Error for ServerError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Files { source, .. } => Some(&**source),
            _ => None,
        }
    }
}
