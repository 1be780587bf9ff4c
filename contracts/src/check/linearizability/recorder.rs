//! Histories of what concurrent clients do.
//!
//! A call costs two reads of a shared clock and an entry in a list of the client's own, so that recording orders nothing
//! that was not ordered, but for the clock.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;

use super::history::{By, End, Entry, History, Moment};

/// Records what its clients do. Clones record into one history.
///
/// ```
/// # use contrait::check::linearizability::Recorder;
/// # use contrait::check::linearizability::models::{CounterOperation};
/// let recorder = Recorder::new();
/// let mut client = recorder.client();
/// let call = client.call(CounterOperation::Add(1));
/// let answer = 1; // of the counter under test
/// call.returned(answer);
/// assert_eq!(recorder.history().len(), 1);
/// ```
#[derive(Debug)]
pub struct Recorder<O, R> {
    shared: Arc<Shared<O, R>>,
}

#[derive(Debug)]
struct Shared<O, R> {
    clock: Clock,
    clients: AtomicU32,
    lanes: Mutex<Vec<Lane<O, R>>>,
}

type Lane<O, R> = Arc<Mutex<Vec<Entry<O, R>>>>;

/// A client of a [`Recorder`], which has one call under way at a time.
#[derive(Debug)]
pub struct Client<O, R> {
    number: u32,
    shared: Arc<Shared<O, R>>,
    lane: Lane<O, R>,
}

/// A call under way. Where it is dropped, as when its task is cancelled, its outcome is unknown.
#[derive(Debug)]
#[must_use = "dropped at once, it is recorded as cancelled"]
pub struct Pending<'c, O, R> {
    client: &'c mut Client<O, R>,
    operation: Option<O>,
    from: Moment,
    expiry: Option<(O, Moment, Moment)>,
}

/// No two moments of one clock are the same.
#[derive(Debug)]
enum Clock {
    Events(AtomicU64),
    Nanoseconds {
        start: Instant,
        last: AtomicU64,
    },
    #[cfg(feature = "check")]
    OfCase {
        clock: crate::runtime::Clock,
        start: std::time::Duration,
        last: AtomicU64,
    },
}

impl Clock {
    fn now(&self) -> Moment {
        match self {
            // One after the other for all threads: a call that begins after another has returned is later.
            Self::Events(count) => count.fetch_add(1, Ordering::SeqCst),
            Self::Nanoseconds { start, last } => after(last, start.elapsed()),
            #[cfg(feature = "check")]
            Self::OfCase { clock, start, last } => after(last, clock.now().saturating_sub(*start)),
        }
    }
}

/// `now` in nanoseconds, or a moment after the last one.
fn after(last: &AtomicU64, now: std::time::Duration) -> Moment {
    let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
    let next = |last: u64| Some(now.max(last + 1));
    match last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, next) {
        Ok(last) | Err(last) => now.max(last + 1),
    }
}

impl<O, R> Recorder<O, R> {
    /// A recorder whose moments count events.
    pub fn new() -> Self {
        Self::with(Clock::Events(AtomicU64::new(0)))
    }

    /// A recorder whose moments are nanoseconds of tokio's clock, paused or not, and still no two the same: for what
    /// depends on time, as expiries do.
    pub fn timed() -> Self {
        Self::with(Clock::Nanoseconds {
            start: Instant::now(),
            last: AtomicU64::new(0),
        })
    }

    /// A recorder whose moments are nanoseconds of the clock of a case.
    #[cfg(feature = "check")]
    pub(crate) fn of_case(clock: &crate::runtime::Clock) -> Self {
        Self::with(Clock::OfCase {
            clock: clock.clone(),
            start: clock.now(),
            last: AtomicU64::new(0),
        })
    }

    fn with(clock: Clock) -> Self {
        Self {
            shared: Arc::new(Shared {
                clock,
                clients: AtomicU32::new(0),
                lanes: Mutex::new(Vec::new()),
            }),
        }
    }

    /// A new client.
    pub fn client(&self) -> Client<O, R> {
        let lane = Lane::default();
        let mut lanes = self
            .shared
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        lanes.push(Arc::clone(&lane));
        Client {
            number: self.shared.clients.fetch_add(1, Ordering::Relaxed),
            shared: Arc::clone(&self.shared),
            lane,
        }
    }
}

impl<O: Clone, R: Clone> Recorder<O, R> {
    /// What has been recorded: calls that are still under way are not in it, so ask when all have ended.
    pub fn history(&self) -> History<O, R> {
        let lanes = self
            .shared
            .lanes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut entries = Vec::new();
        for lane in &*lanes {
            let lane = lane.lock().unwrap_or_else(PoisonError::into_inner);
            entries.extend(lane.iter().cloned());
        }
        entries.sort_by_key(|entry| entry.from);
        entries.into_iter().collect()
    }
}

impl<O, R> Default for Recorder<O, R> {
    fn default() -> Self {
        Self::new()
    }
}

impl<O, R> Clone for Recorder<O, R> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<O, R> Client<O, R> {
    /// The number by which the history knows it.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The moment that it is.
    #[cfg(feature = "check")]
    pub(crate) fn now(&self) -> Moment {
        self.shared.clock.now()
    }

    /// Begins a call: to be done right before the operation is called, and ended right after it returned.
    pub fn call(&mut self, operation: O) -> Pending<'_, O, R> {
        let from = self.shared.clock.now();
        Pending {
            client: self,
            operation: Some(operation),
            from,
            expiry: None,
        }
    }
}

impl<O, R> Pending<'_, O, R> {
    /// Says that what the call stores expires: see [`History::expiry`].
    pub fn expiring(mut self, expire: O, ttl: Moment, tolerance: Moment) -> Self {
        self.expiry = Some((expire, ttl, tolerance));
        self
    }

    /// The call has returned this.
    pub fn returned(mut self, outcome: R) {
        let at = self.client.shared.clock.now();
        self.record(End::Returned { at, outcome });
    }

    /// The call has ended, and nobody knows what it did: `timeout`, `connection lost`.
    pub fn unknown(mut self, why: impl Into<String>) {
        self.record(End::Unknown { why: why.into() });
    }

    fn record(&mut self, end: End<R>) {
        let Some(operation) = self.operation.take() else {
            return;
        };
        let entry = Entry {
            by: By::Client(self.client.number),
            operation,
            from: self.from,
            end,
        };
        let expiry = self.expiry.take();
        let mut lane = self
            .client
            .lane
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some((expire, ttl, tolerance)) = expiry else {
            lane.push(entry);
            return;
        };
        let mut both = History::new();
        let call = both.push(entry);
        both.expiry(call, expire, ttl, tolerance);
        lane.extend(both.into_entries());
    }
}

impl<O, R> Drop for Pending<'_, O, R> {
    fn drop(&mut self) {
        self.record(End::Unknown {
            why: "cancelled".to_owned(),
        });
    }
}
