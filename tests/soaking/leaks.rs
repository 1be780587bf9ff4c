//! What may pile up: connections, tasks, memory, keys.
//!
//! Each is looked at between windows, when nobody calls. Connections are counted in each, before all are reset. Of the
//! others the first windows say how much there is in good health, and at the end there must not be more, but for what a
//! moment more or less makes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use std::{fmt, fs};

use contrait::cache::CacheInterface;
use contrait::{Clock, Network};
use tokio::runtime::Handle;

use super::Outcome;

/// Of the first windows.
const HEALTHY: usize = 3;
/// How long what is about to end may take.
const ENDING: Duration = Duration::from_secs(20);
/// What two handles may have to a server: one for commands, one that fred keeps for itself, and as many that are being
/// replaced.
const CONNECTIONS: usize = 8;
/// What they may have beyond what they had.
const TASKS: usize = 24;
/// What an allocator may keep of one fault, in bytes.
const MEMORY: u64 = 48 << 20;

/// How many soaks there are side by side: each may have a fault, and memory is that of the process.
static SOAKS: AtomicU64 = AtomicU64::new(0);

pub(super) struct Leaks<'a> {
    network: &'a Network,
    servers: usize,
    healthy: Vec<Seen>,
    last: Seen,
    /// The most that were left after a window.
    connections: usize,
    /// The most soaks that there were since this one began, itself among them.
    soaks: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    tasks: usize,
    /// Bytes of this process; none where the system does not tell.
    memory: u64,
}

impl<'a> Leaks<'a> {
    /// Of handles that are connected to so many servers.
    pub(super) fn new(network: &'a Network, servers: usize) -> Self {
        let soaks = SOAKS.fetch_add(1, Ordering::Relaxed) + 1;
        Self {
            network,
            servers,
            healthy: Vec::new(),
            last: Seen::default(),
            connections: 0,
            soaks,
        }
    }

    /// Notes how it is after one more window.
    pub(super) fn look(&mut self) {
        self.last = Self::see();
        self.soaks = self.soaks.max(SOAKS.load(Ordering::Relaxed));
        if self.healthy.len() < HEALTHY {
            self.healthy.push(self.last);
        }
    }

    /// Waits until connections that were given up have ended.
    pub(super) async fn settle(&mut self, clock: &Clock) -> Outcome {
        let network = self.network;
        let limit = CONNECTIONS * self.servers;
        let settled = clock.eventually(ENDING, async || match network.connections() {
            few if few <= limit => Ok(few),
            more => Err(format!("two handles have {more} connections")),
        });
        let left = settled.await.map_err(contrait::Late::into_last)?;
        self.connections = self.connections.max(left);
        Ok(())
    }

    /// The most that there was in good health.
    fn healthy(&self) -> Seen {
        Seen {
            tasks: self
                .healthy
                .iter()
                .map(|seen| seen.tasks)
                .max()
                .unwrap_or_default(),
            memory: self
                .healthy
                .iter()
                .map(|seen| seen.memory)
                .max()
                .unwrap_or_default(),
        }
    }

    fn see() -> Seen {
        Seen {
            tasks: Handle::current().metrics().num_alive_tasks(),
            memory: memory(),
        }
    }

    /// Compares with the first windows, and the keys with those that are `known` to be there.
    pub(super) async fn judge(
        &self,
        clock: &Clock,
        cache: &dyn CacheInterface,
        known: &BTreeMap<String, Option<i64>>,
    ) -> Outcome {
        let healthy = self.healthy();
        let limit = Seen {
            tasks: healthy.tasks + TASKS,
            memory: healthy.memory + MEMORY * self.soaks,
        };
        let within = clock.eventually(ENDING, async || {
            let now = Self::see();
            match now.tasks > limit.tasks || now.memory > limit.memory {
                true => Err(format!("it has grown beyond {limit:?} to {now:?}")),
                false => Ok(()),
            }
        });
        within.await.map_err(contrait::Late::into_last)?;
        match cache.limits().scan {
            true => Self::judge_keys(clock, cache, known).await,
            // Nobody can say which keys there are.
            false => Ok(()),
        }
    }

    /// Each connection was reset before, and some of them are asked for the first time since.
    async fn judge_keys(
        clock: &Clock,
        cache: &dyn CacheInterface,
        known: &BTreeMap<String, Option<i64>>,
    ) -> Outcome {
        let there = known.iter().filter(|(_, value)| value.is_some());
        let expected: BTreeSet<String> = there.map(|(key, _)| key.clone()).collect();
        let scanned = clock.eventually(ENDING, async || cache.scan("").await);
        let found = scanned.await.map_err(contrait::Late::into_last)?;
        match found == expected {
            true => Ok(()),
            false => Err(format!("there are keys of nobody: {found:?}, not {expected:?}").into()),
        }
    }
}

impl Drop for Leaks<'_> {
    fn drop(&mut self) {
        SOAKS.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Leaks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = |seen: Seen| seen.memory >> 20;
        let (healthy, last) = (self.healthy(), self.last);
        write!(
            f,
            "memory {} MiB at first and {} at last, tasks {} and {}, connections {}",
            mebibytes(healthy),
            mebibytes(last),
            healthy.tasks,
            last.tasks,
            self.connections
        )
    }
}

fn memory() -> u64 {
    const PAGE: u64 = 4096;
    let told = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let resident = told.split_whitespace().nth(1);
    resident
        .and_then(|pages| pages.parse().ok())
        .map_or(0, |pages: u64| pages * PAGE)
}
