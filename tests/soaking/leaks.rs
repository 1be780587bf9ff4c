//! What may pile up: connections, tasks, memory, keys.
//!
//! Each is looked at between windows, when nobody calls. Connections are counted in each, before all are reset. Of the
//! others the first windows say how much there is in good health, and at the end there must not be more, but for what a
//! moment more or less makes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Duration;

use contrait::cache::CacheInterface;
use contrait::{Clock, Network};
use tokio::runtime::Handle;

use super::Outcome;

/// Of the first windows.
const HEALTHY: usize = 3;
/// How long what is about to end may take.
const ENDING: Duration = Duration::from_secs(20);
/// What two handles may have: one for commands, one that fred keeps for itself, and as many that are being replaced.
const CONNECTIONS: usize = 8;
/// What they may have beyond what they had.
const TASKS: usize = 24;
/// What an allocator may keep of one fault, in bytes.
const MEMORY: u64 = 48 << 20;

pub(super) struct Leaks<'a> {
    network: &'a Network,
    healthy: Vec<Seen>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    tasks: usize,
    /// Bytes of this process; none where the system does not tell.
    memory: u64,
}

impl<'a> Leaks<'a> {
    pub(super) fn new(network: &'a Network) -> Self {
        Self {
            network,
            healthy: Vec::new(),
        }
    }

    /// Notes how it is after one more window.
    pub(super) fn look(&mut self) {
        if self.healthy.len() < HEALTHY {
            self.healthy.push(Self::see());
        }
    }

    /// Waits until connections that were given up have ended.
    pub(super) async fn settle(&self, clock: &Clock) -> Outcome {
        let settled = clock.eventually(ENDING, async || match self.network.connections() {
            0..=CONNECTIONS => Ok(()),
            more => Err(format!("two handles have {more} connections")),
        });
        Ok(settled.await.map_err(contrait::Late::into_last)?)
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
        let most = |what: fn(&Seen) -> u64| self.healthy.iter().map(what).max().unwrap_or_default();
        let limit = Seen {
            tasks: usize::try_from(most(|seen| seen.tasks as u64))? + TASKS,
            memory: most(|seen| seen.memory) + MEMORY,
        };
        let within = clock.eventually(ENDING, async || {
            let now = Self::see();
            match now.tasks > limit.tasks || now.memory > limit.memory {
                true => Err(format!("it has grown beyond {limit:?} to {now:?}")),
                false => Ok(()),
            }
        });
        within.await.map_err(contrait::Late::into_last)?;
        let there = known.iter().filter(|(_, value)| value.is_some());
        let expected: BTreeSet<String> = there.map(|(key, _)| key.clone()).collect();
        let found = cache.scan("").await?;
        match found == expected {
            true => Ok(()),
            false => Err(format!("there are keys of nobody: {found:?}, not {expected:?}").into()),
        }
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
