//! Runs of a case that judge the case: on handles that somebody stands in front of, thousands of times.
//!
//! They differ from a test's run in that they have no thread of their own, share a runtime, leave no record, and in
//! that their panics are nobody's news.

use std::sync::Arc;

use super::backend::{BackendInfo, Make};
use super::case::Case;
use super::decorator::Decorator;
use super::harness::{self, Bound};
use super::outcome::Returned;
use super::quiet::quietly;
use super::runtimes::LazyRuntime;

/// Runs cases on the thread that asks for it.
pub(crate) struct Trials {
    info: &'static BackendInfo,
    seed: u64,
    runtime: LazyRuntime,
}

impl Trials {
    pub(crate) fn new(info: &'static BackendInfo, seed: u64) -> Self {
        Self {
            info,
            seed,
            runtime: LazyRuntime::default(),
        }
    }

    /// Runs `case` on handles behind `decorator`.
    pub(crate) fn run<H>(
        &mut self,
        case: &'static Case<H>,
        make: Make<H>,
        decorator: Arc<dyn Decorator<H>>,
    ) -> Returned {
        let mut proof = Bound::decorated(case, make, decorator);
        let runtime = std::mem::take(&mut self.runtime);
        let (returned, runtime) =
            quietly(|| harness::run_here(&case.promise, self.info, self.seed, &mut proof, runtime));
        self.runtime = runtime;
        returned
    }

    /// A handle, as `case` would have it.
    pub(crate) fn handle<H>(&mut self, case: &'static Case<H>, make: Make<H>) -> Result<H, String> {
        let runtime = std::mem::take(&mut self.runtime);
        let (handle, runtime) =
            harness::make_here(&case.promise, self.info, self.seed, make, runtime);
        self.runtime = runtime;
        handle.map_err(|error| error.to_string())
    }

    /// Ends what was left running, so that what comes next begins anew.
    pub(crate) fn begin_anew(&mut self) {
        if let Some(runtime) = std::mem::take(&mut self.runtime).into_inner() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Trials {
    fn drop(&mut self) {
        self.begin_anew();
    }
}
