//! The server's clock: real by default, and under a test's control on request.
//!
//! All that has to do with time asks this clock, and is told when a test moves it, so that keys
//! expire and blocked commands time out before [`Clock::advance`] returns.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Who is told that a test has moved the clock.
pub(crate) trait Timed: Send + Sync {
    /// Does what is due by now.
    fn clock_moved(&self);
}

/// A handle to the clock of a [`Server`](crate::Server); clones move the same clock.
#[derive(Clone)]
pub struct Clock(Arc<Inner>);

struct Inner {
    mode: Mutex<Mode>,
    timed: Mutex<Vec<Weak<dyn Timed>>>,
}

#[derive(Clone, Copy)]
enum Mode {
    /// The system's time, shifted by microseconds.
    Running(i64),
    /// Always the same time, in Unix microseconds.
    Frozen(i64),
}

impl Clock {
    pub(crate) fn new(frozen: bool) -> Clock {
        let mode = if frozen {
            Mode::Frozen(system_micros())
        } else {
            Mode::Running(0)
        };
        Clock(Arc::new(Inner {
            mode: Mutex::new(mode),
            timed: Mutex::default(),
        }))
    }

    pub(crate) fn attach(&self, timed: Weak<dyn Timed>) {
        // The nodes of a cluster share a clock.
        self.timed().push(timed);
    }

    fn mode(&self) -> MutexGuard<'_, Mode> {
        self.0.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn timed(&self) -> MutexGuard<'_, Vec<Weak<dyn Timed>>> {
        self.0.timed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Unix time in microseconds.
    pub(crate) fn micros(&self) -> i64 {
        match *self.mode() {
            Mode::Running(shift) => system_micros() + shift,
            Mode::Frozen(now) => now,
        }
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(u64::try_from(self.micros()).unwrap_or_default())
    }

    /// Whether time stands still.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        matches!(*self.mode(), Mode::Frozen(_))
    }

    /// Stops time where it is. It then only moves by [`advance`](Clock::advance) and
    /// [`set`](Clock::set).
    pub fn freeze(&self) {
        self.change(|_, now| Mode::Frozen(now));
    }

    /// Lets time run again, from where it is.
    pub fn resume(&self) {
        self.change(|_, now| Mode::Running(now - system_micros()));
    }

    /// Moves time forward, be it frozen or not. When this returns, what had to expire has expired,
    /// and blocked commands whose time-out has come are answered.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX / 4);
        self.change(|mode, _| match mode {
            Mode::Running(shift) => Mode::Running(shift.saturating_add(by)),
            Mode::Frozen(now) => Mode::Frozen(now.saturating_add(by)),
        });
    }

    /// Sets the time, also to an earlier one. A running clock goes on from there.
    pub fn set(&self, now: SystemTime) {
        let micros = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_micros());
        let micros = i64::try_from(micros).unwrap_or(i64::MAX / 4);
        self.change(|mode, _| match mode {
            Mode::Running(_) => Mode::Running(micros - system_micros()),
            Mode::Frozen(_) => Mode::Frozen(micros),
        });
    }

    fn change(&self, to: impl FnOnce(Mode, i64) -> Mode) {
        let now = self.micros();
        {
            let mut mode = self.mode();
            *mode = to(*mode, now);
        }
        let timed: Vec<_> = self.timed().iter().filter_map(Weak::upgrade).collect();
        timed.iter().for_each(|timed| timed.clock_moved());
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock")
            .field("now", &self.now())
            .field("frozen", &self.is_frozen())
            .finish()
    }
}

fn system_micros() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or_default()
}
