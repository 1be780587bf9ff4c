//! What a read of an expiring entry must have seen, judged by interval.
//!
//! On a real clock nobody knows the moment at which a server stored an entry; only that it lies between the call and
//! the return. So an entry with a time to live is surely alive until call + ttl, surely gone after return + ttl +
//! resolution, and in between either answer is right. A read counts by when it began and when it ended.

use std::future::Future;
use std::time::Duration;

use super::clock::Clock;

/// Clients and servers round their clocks, each by up to a millisecond.
const ROUNDING: Duration = Duration::from_millis(2);
/// A clock of long steps ticks late by a part of one on a busy machine: what is late by less is on time.
const TICKS_LATE: u32 = 50;
/// How many reads a watch spreads over the life of an entry.
const READS: u32 = 16;

/// What must hold for a read, by when it began and ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It ended before the entry could have expired: the entry must be there.
    Alive,
    /// It began after the entry must have expired: the entry must be gone.
    Gone,
    /// The entry may have expired meanwhile: either answer is right.
    Undecided,
}

/// The answer of a read, and what must hold for it.
#[derive(Clone, Copy, Debug)]
pub struct Observed<T> {
    /// What the read answered.
    pub value: T,
    /// What must hold for it.
    pub verdict: Verdict,
}

/// What a whole life of an entry looked like to its readers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Watch {
    /// By how much the entry was gone too early, if it was.
    pub early: Option<Duration>,
    /// By how much the entry was still there too late, if it was.
    pub late: Option<Duration>,
    /// The share of reads that could be judged, from 0 to 1.
    pub decisive: f64,
}

/// The interval in which an entry expires: see [`Clock::expiry`].
#[derive(Clone, Debug)]
pub struct Expiry {
    clock: Clock,
    ttl: Duration,
    earliest: Duration,
    latest: Duration,
}

impl Expiry {
    pub(crate) fn new(
        clock: Clock,
        called: Duration,
        returned: Duration,
        ttl: Duration,
        resolution: Duration,
    ) -> Self {
        let rounding = if clock.is_virtual() {
            Duration::ZERO
        } else {
            ROUNDING.max(resolution / TICKS_LATE)
        };
        let earliest = called.saturating_add(ttl).saturating_sub(rounding);
        let latest = returned
            .saturating_add(ttl)
            .saturating_add(resolution)
            .saturating_add(rounding);
        Self {
            clock,
            ttl,
            earliest,
            latest,
        }
    }

    /// Runs `read` and says what must hold for its answer.
    pub async fn observe<T>(&self, read: impl Future<Output = T>) -> Observed<T> {
        let began = self.clock.now();
        let value = read.await;
        Observed {
            value,
            verdict: self.judge(began, self.clock.now()),
        }
    }

    /// How long the entry will surely, and at most, still live.
    pub fn remaining(&self) -> (Duration, Duration) {
        let now = self.clock.now();
        (
            self.earliest.saturating_sub(now),
            self.latest.saturating_sub(now),
        )
    }

    /// Lets time pass until the entry is surely gone.
    pub async fn until_gone(&self) {
        let (_, most) = self.remaining();
        self.clock.advance(most + Duration::from_millis(1)).await;
    }

    /// Reads again and again until the entry is surely gone, and once more then, and judges every answer.
    ///
    /// `read` says whether the entry is there.
    ///
    /// # Errors
    /// The first error of `read`.
    pub async fn watch<E>(&self, read: impl AsyncFn() -> Result<bool, E>) -> Result<Watch, E> {
        let mut watch = Watch {
            early: None,
            late: None,
            decisive: 0.0,
        };
        let (mut reads, mut decided) = (0_u32, 0_u32);
        let step = (self.ttl / READS).max(Duration::from_millis(1));
        loop {
            let began = self.clock.now();
            let there = read().await?;
            let ended = self.clock.now();
            let verdict = self.judge(began, ended);
            reads += 1;
            decided += u32::from(verdict != Verdict::Undecided);
            match verdict {
                Verdict::Alive if !there => {
                    watch.early = watch.early.or(Some(self.earliest - ended));
                }
                Verdict::Gone if there => watch.late = Some(began - self.latest),
                _ => {}
            }
            if verdict == Verdict::Gone {
                break;
            }
            let (_, most) = self.remaining();
            self.clock
                .advance(step.min(most + Duration::from_millis(1)))
                .await;
        }
        watch.decisive = f64::from(decided) / f64::from(reads);
        Ok(watch)
    }

    fn judge(&self, began: Duration, ended: Duration) -> Verdict {
        if ended < self.earliest {
            Verdict::Alive
        } else if began > self.latest {
            Verdict::Gone
        } else {
            Verdict::Undecided
        }
    }
}
