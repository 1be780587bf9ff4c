//! What a generated check runs on: a backend's handles, as many as it asks for, each in a namespace of its own.

use super::backend::{BackendInfo, ClockKind, Make};
use super::case::LocalFuture;
use super::clock::Clock;
use super::context::{Context, SetupError};
use super::decorator::{Decoration, decorated};
use super::outcome::Returned;

/// Makes handles of a backend while a check runs.
pub struct Runs<H: 'static> {
    context: Context,
    info: &'static BackendInfo,
    make: Make<H>,
    as_a_test: bool,
    decoration: Decoration<H>,
}

/// A check that makes its handles itself.
pub struct Check<H: 'static> {
    /// Whether it awaits anything but what is ready: else it is run outside of any runtime where the backend is made
    /// there, since the subject may bring its own.
    pub asynchronous: bool,
    /// Runs it.
    pub run: for<'a> fn(&'a Runs<H>) -> LocalFuture<'a, Returned>,
}

impl<H> Clone for Check<H> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H> Copy for Check<H> {}

impl<H> Runs<H> {
    pub(crate) fn new(
        context: Context,
        info: &'static BackendInfo,
        make: Make<H>,
        as_a_test: bool,
        decoration: Decoration<H>,
    ) -> Self {
        Self {
            context,
            info,
            make,
            as_a_test,
            decoration,
        }
    }

    /// Whether somebody stands in front of the handles who wants to know whether the check notices: it then says only
    /// that, at once, and leaves no trace.
    pub(crate) fn are_a_trial(&self) -> bool {
        self.decoration.is_some()
    }

    /// The clock of the case.
    pub(crate) fn clock(&self) -> &Clock {
        self.context.clock()
    }

    /// What generated data derives from.
    pub(crate) fn seed(&self) -> u64 {
        self.context.seed()
    }

    /// Whether what is found is to be kept, as it is by a test.
    pub(crate) fn keeps(&self) -> bool {
        self.as_a_test
    }

    pub(crate) fn info(&self) -> &'static BackendInfo {
        self.info
    }

    /// Whether all that the handles wait for is in this process: on tokio's paused clock, nothing else can be.
    pub(crate) fn is_alone(&self) -> bool {
        self.info.clock == ClockKind::Virtual
    }

    /// A handle in a namespace that no other has.
    pub(crate) async fn fresh(&self) -> Result<H, SetupError> {
        self.make_in(&self.context.of_a_new_namespace()).await
    }

    /// So many handles in one namespace that no other has.
    pub(crate) async fn fresh_together(&self, count: usize) -> Result<Vec<H>, SetupError> {
        let context = self.context.of_a_new_namespace();
        let mut handles = Vec::with_capacity(count);
        for _ in 0..count {
            handles.push(self.make_in(&context).await?);
        }
        Ok(handles)
    }

    async fn make_in(&self, context: &Context) -> Result<H, SetupError> {
        let handle = match self.make {
            Make::Sync(make) => make(context),
            Make::Async(make) => make(context).await,
        };
        handle.map(|handle| decorated(&self.decoration, handle, context))
    }
}
