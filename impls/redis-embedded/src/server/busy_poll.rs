//! Busy polling: while many connections send requests one soon after the other, the server looks for the next request
//! before it lets the runtime sleep.
//!
//! It is quicker than a real server, so that it would sleep between the requests of a crowd where that one is still busy.
//! Each client then has to wake it, and on a virtual processor that costs the client more than all else that it does to
//! send a request. Few connections cannot keep a server busy, and for them it sleeps at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::yield_now;

use super::shared::Shared;

/// How many others have had a turn since the last one of a connection that is one of a crowd.
const CROWD: u64 = 16;
/// For how long the server looks. If the turns of a crowd are further apart, looking would be in vain.
const PATIENCE: Duration = Duration::from_micros(100);

/// Whose turn it was to run requests.
#[derive(Default)]
pub(crate) struct BusyPoll {
    turns: AtomicU64,
    /// Those of them that were a crowd's.
    crowded: AtomicU64,
    /// Tells whoever waits of each sixteenth of these.
    noticed: Notify,
}

impl BusyPoll {
    /// Notes that a connection has run requests. It gives the number of its last turn, none for its first one, and gets
    /// that of this turn.
    pub(crate) fn turn(&self, last: Option<u64>) -> u64 {
        let turn = self.turns.fetch_add(1, Ordering::Relaxed);
        if last.is_some_and(|last| turn - last > CROWD) {
            let crowded = self.crowded.fetch_add(1, Ordering::Relaxed) + 1;
            if crowded.is_multiple_of(CROWD) {
                // Not `notify_one`: who looks already need not do so once more.
                self.noticed.notify_waiters();
            }
        }
        turn
    }

    /// Lets the task see that the server has stopped.
    pub(crate) fn stop(&self) {
        self.noticed.notify_one();
    }

    /// Keeps the runtime awake, which looks for what has arrived at each yield, until nobody has had a turn for a while.
    async fn look(&self) {
        let mut turns = self.turns.load(Ordering::Relaxed);
        let mut since = Instant::now();
        while since.elapsed() < PATIENCE {
            yield_now().await;
            let now = self.turns.load(Ordering::Relaxed);
            if now != turns {
                turns = now;
                since = Instant::now();
            }
        }
    }
}

/// Runs until the server stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    let most = PATIENCE * CROWD as u32;
    let mut since = Instant::now();
    while !shared.is_stopped() {
        shared.busy_poll.noticed.notified().await;
        if since.elapsed() < most {
            shared.busy_poll.look().await;
        }
        since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether connections that send in turn, a hundred times each, are taken for a crowd.
    fn is_crowd(connections: usize) -> bool {
        let busy_poll = BusyPoll::default();
        let mut last = vec![None; connections];
        for _ in 0..100 {
            for last in &mut last {
                *last = Some(busy_poll.turn(*last));
            }
        }
        busy_poll.crowded.into_inner() > 0
    }

    #[test]
    fn few_connections_are_no_crowd() {
        assert!(!is_crowd(1));
        assert!(!is_crowd(16));
        assert!(is_crowd(17));
    }

    #[test]
    fn connections_that_come_and_go_are_no_crowd() {
        let busy_poll = BusyPoll::default();
        for _ in 0..1000 {
            let first = busy_poll.turn(None);
            busy_poll.turn(Some(first));
        }
        assert_eq!(busy_poll.crowded.into_inner(), 0);
    }

    #[tokio::test]
    async fn looking_ends_when_nobody_comes() {
        let busy_poll = BusyPoll::default();
        let looked = tokio::time::timeout(Duration::from_secs(20), busy_poll.look());
        assert!(looked.await.is_ok());
    }
}
