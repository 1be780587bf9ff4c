//! A case: a promise, and the function that proves it on whatever handles it is given.
//!
//! The function is a plain pointer over the handles' type. For a trait that can be a trait object that type is the
//! same for every backend, so that a case is compiled once, however many backends run it.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::clock::Clock;
use super::context::Context;
use super::harness::Stage;
use super::outcome::Returned;

/// A future of one thread, as a case is run on one.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is known of a case without running it.
#[derive(Clone, Copy, Debug)]
pub struct Promise {
    /// The groups it stands in and its own name: `ttl::expires`.
    pub name: &'static str,
    /// Its doc comment: what every implementation promises.
    pub promise: &'static str,
    /// The capabilities without which it cannot pass.
    pub needs: &'static [&'static str],
    /// What its author tagged it with.
    pub tags: &'static [&'static str],
    /// How long it may take; 30 s unless it says more.
    pub timeout: Duration,
    /// The file that it stands in.
    pub file: &'static str,
    /// The line that it stands on.
    pub line: u32,
    /// How it must panic to pass, if it must: with a message that holds this text.
    pub should_panic: Option<&'static str>,
    /// The handles that it takes.
    pub handles: &'static [Handle],
}

/// A handle that a case takes.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    /// The name of the parameter.
    pub name: &'static str,
    /// The namespace that it is in, within that of the case; empty for the case's own.
    pub namespace: &'static str,
}

/// One row of the table of cases.
pub struct Case<H: 'static> {
    /// What is known of it.
    pub promise: Promise,
    /// The function that proves it.
    pub body: Body<H>,
}

/// The table of a suite, or of a group within it.
pub struct Group<H: 'static> {
    /// Its own cases.
    pub cases: &'static [Case<H>],
    /// The groups within it.
    pub groups: &'static [&'static Group<H>],
}

impl<H> Group<H> {
    pub(crate) fn each(&'static self, visit: &mut dyn FnMut(&'static Case<H>)) {
        self.cases.iter().for_each(&mut *visit);
        self.groups.iter().for_each(|group| group.each(visit));
    }

    pub(crate) fn find(&'static self, name: &str) -> Option<&'static Case<H>> {
        let own = self.cases.iter().find(|case| case.promise.name == name);
        own.or_else(|| self.groups.iter().find_map(|group| group.find(name)))
    }
}

/// The function of a case, given all that its parameters ask for.
pub enum Body<H: 'static> {
    /// Called outside of any runtime, so that its subject may bring its own.
    Sync(fn(&mut Setting<H>) -> Returned),
    /// Makes the future of the case, which the stage waits for on its runtime.
    Async(fn(&mut Setting<H>, &Stage) -> Returned),
    /// A generated check, which makes handles as it goes.
    #[cfg(feature = "check")]
    Check(super::runs::Check<H>),
}

/// What a case runs in: its handles and its context.
pub struct Setting<H> {
    pub(crate) context: Context,
    pub(crate) handles: Vec<H>,
}

impl<H> Setting<H> {
    /// The handles, each by itself, and what else a case may ask for.
    ///
    /// # Panics
    /// Where the case takes another number of handles than its table row says, which the macros rule out.
    pub fn parts<const N: usize>(&mut self) -> (&mut [H; N], &Context, &Clock) {
        let handles = self
            .handles
            .as_mut_slice()
            .try_into()
            .expect("a handle for each parameter");
        (handles, &self.context, self.context.clock())
    }
}
