//! Faults of an implementation, made on purpose: calls that fail before or after they have had their effect, that come
//! late, or that never answer.
//!
//! They stand in front of any implementation that can be a trait object: of a handle in a case, or of what a service under
//! test is given. What goes wrong on the way to a server is another matter, and needs a server.

mod fault;
mod matching;
mod plan;
mod rule;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use fault::{Fault, FaultGuard};
pub use matching::Matching;
use plan::Planned;
use rule::Rule;

use super::intercept::{Intercept, Interceptor, Plan};
use super::operation::Operation;

/// Faults of implementations of one contract, whose operations are `O`.
///
/// ```
/// # use contrait::cache::{CacheError, CacheErrorKind, CacheInterface, CacheInterfaceOperation, CacheLimits};
/// # use contrait::cache::model::CacheModel;
/// # use contrait::check::{Faults, Stub};
/// # use std::sync::Arc;
/// # let limits = CacheLimits::new(250, 1 << 20, std::time::Duration::from_millis(1));
/// # let cache = Stub::<CacheInterfaceOperation>::new(CacheModel::new(limits)).object();
/// let faults = Faults::<CacheInterfaceOperation>::new(7);
/// let lost = faults
///     .on("set")
///     .when(|call| matches!(call, CacheInterfaceOperation::Set { key, .. } if key == "k"))
///     .error_after_effect(|| CacheError::new(CacheErrorKind::Timeout, "no answer"))
///     .times(1);
/// let cache: Arc<dyn CacheInterface> = Arc::from(faults.around(cache));
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let error = cache.set("k", b"v", None).await.unwrap_err();
/// assert_eq!(error.kind(), CacheErrorKind::Timeout);
/// assert_eq!(cache.get("k").await?.as_deref(), Some(&b"v"[..]));
/// assert_eq!(lost.hits(), 1);
/// # Ok::<(), CacheError>(())
/// # }).unwrap();
/// ```
///
/// All that came of one are the same faults. A call asks them in the order in which they were made: delays add up until
/// the first fault that decides how the call ends.
pub struct Faults<O: Operation> {
    state: Arc<Mutex<State<O>>>,
}

struct State<O: Operation> {
    rules: Vec<Rule<O>>,
    rng: fastrand::Rng,
    made: u64,
    hits: u64,
}

impl<O: Intercept> Faults<O> {
    /// No faults. What is chosen at random derives from `seed`.
    pub fn new(seed: u64) -> Self {
        let state = State {
            rules: Vec::new(),
            rng: fastrand::Rng::with_seed(seed),
            made: 0,
            hits: 0,
        };
        Self {
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// Calls of this method.
    ///
    /// # Panics
    /// Where the contract has no such method, or one that cannot be made to fail: its calls are no operations, or it
    /// borrows what it answers.
    #[track_caller]
    pub fn on(&self, method: &str) -> Matching<O> {
        match O::CONTRACT.find(method) {
            Err(why) => panic!("{why}"),
            Ok(index) if !O::CONTRACT.methods[index].intercepted => panic!(
                "`{}::{method}` borrows what it answers, so that nobody can answer in its stead",
                O::CONTRACT.name
            ),
            Ok(index) => Matching::new(self.clone(), Some(index)),
        }
    }

    /// Calls of all methods.
    pub fn on_any(&self) -> Matching<O> {
        Matching::new(self.clone(), None)
    }

    /// How many calls met a fault.
    pub fn hits(&self) -> u64 {
        self.lock().hits
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.lock().rules.clear();
    }
}

impl<O: Intercept + Send> Faults<O>
where
    O::Outcome: Send,
{
    /// The subject with these faults. A handle of a case may be borrowed: `faults.around(Box::new(cache))`; what is kept
    /// elsewhere can be an `Arc`: `Arc::from(faults.around(Box::new(cache)))`.
    pub fn around<'s>(&self, subject: Box<O::Object<'s>>) -> Box<O::Object<'s>> {
        O::intercept(subject, Arc::new(self.clone()))
    }
}

impl<O: Operation> Faults<O> {
    fn lock(&self) -> MutexGuard<'_, State<O>> {
        // A predicate of the user's that panicked has left nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Operation + Send> Interceptor<O> for Faults<O>
where
    O::Outcome: Send,
{
    fn begin(&self, operation: O) -> Box<dyn Plan<O> + Send> {
        let (mut before, mut after) = (Duration::ZERO, Duration::ZERO);
        let decisive = {
            let mut state = self.lock();
            let State {
                rules, rng, hits, ..
            } = &mut *state;
            let mut met = rules
                .iter_mut()
                .filter_map(|rule| rule.meets(&operation, rng))
                .inspect(|_| *hits += 1);
            met.find(|met| met.delays(&mut before, &mut after).is_none())
        };
        Box::new(Planned::new(operation, before, after, decisive))
    }
}

impl<O: Operation> Clone for Faults<O> {
    fn clone(&self) -> Self {
        Self {
            state: Arc::clone(&self.state),
        }
    }
}

impl<O: Operation> fmt::Debug for Faults<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.lock().rules).finish()
    }
}
