//! What was observed: who called what and when, and what came back.

use super::error::HistoryError;

/// A moment on a history's clock: a count of events, or nanoseconds, as whoever recorded it chose.
///
/// Two events at one moment are taken as concurrent, since nothing tells which was first.
pub type Moment = u64;

/// Operations of concurrent clients, each with when it was called and when and what it returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History<O, R> {
    entries: Vec<Entry<O, R>>,
}

/// One operation of a [`History`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<O, R> {
    /// Who called.
    pub by: By,
    /// What was asked for.
    pub operation: O,
    /// When it was called: it took effect no earlier.
    pub from: Moment,
    /// How it ended.
    pub end: End<R>,
}

/// Who made a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// A client, that has one call under way at a time.
    Client(u32),
    /// The system itself, as when an entry expires.
    System,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End<R> {
    /// It returned.
    Returned {
        /// When: it took effect no later.
        at: Moment,
        /// What.
        outcome: R,
    },
    /// Nothing is known of it: it may have taken effect at any time since, or never, and may have answered anything.
    Unknown {
        /// Why: `timeout`, `cancelled`.
        why: String,
    },
    /// It is the system's own: it takes effect by then, unless it cannot at that moment.
    Due {
        /// When it must have taken effect.
        by: Moment,
    },
}

impl<R> End<R> {
    /// The moment by which it had taken effect; never, where that is not known.
    pub fn moment(&self) -> Option<Moment> {
        match self {
            Self::Returned { at, .. } => Some(*at),
            Self::Due { by } => Some(*by),
            Self::Unknown { .. } => None,
        }
    }
}

impl<O, R> Default for History<O, R> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<O, R> History<O, R> {
    /// A history of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// The operations, in the order in which they were added.
    pub fn entries(&self) -> &[Entry<O, R>] {
        &self.entries
    }

    pub(super) fn into_entries(self) -> Vec<Entry<O, R>> {
        self.entries
    }

    pub(super) fn entries_mut(&mut self) -> &mut [Entry<O, R>] {
        &mut self.entries
    }

    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Adds an operation, and answers its index.
    pub fn push(&mut self, entry: Entry<O, R>) -> usize {
        self.entries.push(entry);
        self.entries.len() - 1
    }

    /// Adds a call that returned.
    pub fn returned(
        &mut self,
        client: u32,
        during: (Moment, Moment),
        operation: O,
        outcome: R,
    ) -> usize {
        self.push(Entry {
            by: By::Client(client),
            operation,
            from: during.0,
            end: End::Returned {
                at: during.1,
                outcome,
            },
        })
    }

    /// Adds a call of which nothing more is known, and why.
    pub fn unknown(
        &mut self,
        client: u32,
        from: Moment,
        operation: O,
        why: impl Into<String>,
    ) -> usize {
        self.push(Entry {
            by: By::Client(client),
            operation,
            from,
            end: End::Unknown { why: why.into() },
        })
    }

    /// Adds an operation of the system's own, which takes effect at some moment of a window.
    ///
    /// It takes effect once, by the window's end at the latest. Where the model says at that moment that it is
    /// impossible, there was nothing left for it to do, and it is dropped. Nobody sees what it answers.
    ///
    /// A window without an end may pass without effect.
    pub fn internal(&mut self, operation: O, from: Moment, by: Option<Moment>) -> usize {
        self.push(Entry {
            by: By::System,
            operation,
            from,
            end: match by {
                Some(by) => End::Due { by },
                None => End::Unknown {
                    why: "no deadline".to_owned(),
                },
            },
        })
    }

    /// Adds the expiry that the operation at `index` brought about: `expire` (the version or value that the operation
    /// stored goes away, if it is still the current one) takes effect between `ttl − tolerance` after the call and
    /// `ttl + tolerance` after the return.
    ///
    /// # Panics
    /// Where there is no operation at `index`.
    pub fn expiry(&mut self, index: usize, expire: O, ttl: Moment, tolerance: Moment) -> usize {
        let entry = &self.entries[index];
        let from = entry.from.saturating_add(ttl).saturating_sub(tolerance);
        let by = entry
            .end
            .moment()
            .map(|at| at.saturating_add(ttl).saturating_add(tolerance));
        // A long tolerance must not let the expiry come before what it expires.
        let from = from.max(entry.from);
        self.internal(expire, from, by)
    }

    /// The clients that made calls, in order.
    pub fn clients(&self) -> Vec<u32> {
        let mut clients: Vec<u32> = self.entries.iter().filter_map(client).collect();
        clients.sort_unstable();
        clients.dedup();
        clients
    }

    /// Whether this can have happened: nothing returned before it was called, and no client had two calls under way.
    /// A client whose call has an unknown outcome has given it up and may go on.
    ///
    /// # Errors
    /// The first entry that cannot.
    pub fn validate(&self) -> Result<(), HistoryError> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&index| (self.entries[index].by, self.entries[index].from));
        for &index in &order {
            let entry = &self.entries[index];
            if let Some(at) = entry.end.moment().filter(|at| *at < entry.from) {
                return Err(HistoryError::EndsBeforeItBegins {
                    index,
                    from: entry.from,
                    at,
                });
            }
        }
        for pair in order.windows(2) {
            self.validate_neighbours(pair[0], pair[1])?;
        }
        Ok(())
    }

    /// `earlier` and `later` are next to each other in the order of clients and calls.
    fn validate_neighbours(&self, earlier: usize, later: usize) -> Result<(), HistoryError> {
        let (first, second) = (&self.entries[earlier], &self.entries[later]);
        let By::Client(client) = second.by else {
            return Ok(());
        };
        let pending =
            first.by == second.by && first.end.moment().is_some_and(|at| at > second.from);
        if pending {
            return Err(HistoryError::TwoCallsAtOnce {
                client,
                earlier,
                later,
            });
        }
        Ok(())
    }
}

fn client<O, R>(entry: &Entry<O, R>) -> Option<u32> {
    match entry.by {
        By::Client(client) => Some(client),
        By::System => None,
    }
}

impl<O, R> FromIterator<Entry<O, R>> for History<O, R> {
    fn from_iter<I: IntoIterator<Item = Entry<O, R>>>(entries: I) -> Self {
        Self {
            entries: entries.into_iter().collect(),
        }
    }
}
