//! Subjects outside of a suite: for benches, examples and tools.
//!
//! A backend's function stays as it was written, so that all it takes to call it is a context. Its subject then comes
//! bare, with its own type: the recorder that cases see would be part of whatever is measured.

use std::fmt;
use std::time::Duration;

use super::context::{Context, SetupError};
use super::environment;

/// How long each part of the teardown may take.
const TEARDOWN: Duration = Duration::from_secs(5);

/// What a backend needs where no case is run: one server, one namespace, and a clock that nobody moves.
///
/// ```ignore
/// let workbench = Workbench::new("cache")?;
/// let cache = contrait_redis_rs::backend::redis_rs(workbench.context()).await?;
/// // …
/// workbench.tear_down().await;
/// ```
///
/// Backends that are called with the same context share what handles of one case share: a store, or a server.
pub struct Workbench {
    context: Context,
}

impl Workbench {
    /// A workbench of this name, with a namespace of its own.
    ///
    /// # Errors
    /// When `CONTRAIT_SEED` is no number.
    pub fn new(name: &'static str) -> Result<Self, SetupError> {
        let context = Context::outside_of_cases(name, environment::seed()?);
        Ok(Self { context })
    }

    /// What backends are called with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The server that the last backend with one runs on, in words without a secret.
    pub fn server(&self) -> Option<String> {
        self.context.server_description()
    }

    /// Runs what backends noted for teardown, the last one first and each for at most five seconds, then ends what
    /// they share. Subjects should be dropped before. Without this call what they share ends with the last context.
    pub async fn tear_down(self) {
        while let Some(teardown) = self.context.pop_teardown() {
            // What hangs is left behind: the workbench has nobody to fail for it.
            let _ = tokio::time::timeout(TEARDOWN, teardown).await;
        }
        self.context.drop_shared();
    }
}

impl fmt::Debug for Workbench {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Workbench").field(&self.context).finish()
    }
}
