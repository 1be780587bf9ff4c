//! Why there is no container.

use std::error::Error;
use std::fmt::{self, Display, Formatter};

use testcontainers::TestcontainersError;
use testcontainers::core::error::ClientError;

/// Why a container could not be had. Its text is a sentence fragment, without the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContainerError {
    /// Nothing that is a Docker engine answers: whoever has another source of servers takes that.
    NoEngine(String),
    /// An engine answers, and the container did not come up.
    NotStarted(String),
}

impl Display for ContainerError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEngine(problem) => write!(f, "no Docker engine answers: {problem}"),
            Self::NotStarted(problem) => f.write_str(problem),
        }
    }
}

impl Error for ContainerError {}

impl From<TestcontainersError> for ContainerError {
    fn from(error: TestcontainersError) -> Self {
        // To list containers is the first that is asked of an engine.
        let no_engine = matches!(
            &error,
            TestcontainersError::Client(
                ClientError::Init(_)
                    | ClientError::Configuration(_)
                    | ClientError::InvalidDockerHost(_)
                    | ClientError::ListContainers(_)
            )
        );
        let problem = in_full(&error);
        match no_engine {
            true => Self::NoEngine(problem),
            false => Self::NotStarted(problem),
        }
    }
}

/// The error with its causes, each once: the outer ones tend to repeat the inner ones, and to be silent on what they mean.
fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.fold(String::new(), |text, cause| {
        let cause = cause.to_string();
        match text.contains(&cause) {
            true => text,
            false if text.is_empty() => cause,
            false => format!("{text}: {cause}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::io;

    use testcontainers::TestcontainersError;

    use super::ContainerError;

    #[test]
    fn what_is_no_answer_of_an_engine_is_no_missing_engine() {
        let error = TestcontainersError::Io(io::Error::other("disk full"));
        assert_eq!(
            ContainerError::from(error),
            ContainerError::NotStarted("I/O error: disk full".to_owned())
        );
    }
}
