//! A thread for a run, which is left behind when it blocks for too long.
//!
//! Nothing else bounds the time of code that blocks. A run has parts, each with a limit of its own; to wake the waiting
//! thread costs more than most parts take, so it is only woken where a part ends sooner than it would look anyway.

use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::outcome::Returned;

/// How much later than its limit a part is given up: what only waits ends on the runtime in time, and is torn down.
const MARGIN: Duration = Duration::from_secs(1);

/// Which part of a run its thread is in, as the thread says.
pub(crate) struct Parts {
    current: Mutex<Part>,
    words: SyncSender<Word>,
}

#[derive(Clone, Copy)]
struct Part {
    name: &'static str,
    limit: Duration,
    until: Instant,
}

/// What the thread that waits is woken for.
enum Word {
    /// There is an earlier end to wait for.
    Look,
    Ended(Returned),
}

impl Part {
    fn new(name: &'static str, limit: Duration) -> Self {
        Self {
            name,
            limit,
            until: Instant::now() + limit + MARGIN,
        }
    }
}

impl Parts {
    /// Parts for whose end nobody waits.
    #[cfg(feature = "check")]
    pub(crate) fn of_nobody() -> Self {
        Self {
            current: Mutex::new(Part::new("", Duration::ZERO)),
            words: mpsc::sync_channel(0).0,
        }
    }

    /// Says that a part begins, which may block for so long; one that does is found out then, or at the end of the part
    /// before where that is later.
    pub(crate) fn begin(&self, name: &'static str, limit: Duration) {
        let next = Part::new(name, limit);
        let before = std::mem::replace(&mut *self.lock(), next);
        if next.until < before.until {
            let _ = self.words.try_send(Word::Look);
        }
    }

    fn current(&self) -> Part {
        *self.lock()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Part> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `run`, which does not panic, on a thread, whose first part is `name`, and gives it up when a part takes longer
/// than its limit.
pub(crate) fn on_a_thread(
    name: &'static str,
    limit: Duration,
    run: impl FnOnce(&Parts) -> Returned + Send + 'static,
) -> Returned {
    // With room for a word, so that a thread that was left behind does not wait to be heard.
    let (words, heard) = mpsc::sync_channel(8);
    let parts = Arc::new(Parts {
        current: Mutex::new(Part::new(name, limit)),
        words,
    });
    let own = Arc::clone(&parts);
    // A panic message names the thread, so this one is called as the test is.
    let title = thread::current().name().unwrap_or("case").to_owned();
    let spawned = thread::Builder::new().name(title).spawn(move || {
        let returned = run(&own);
        let _ = own.words.try_send(Word::Ended(returned));
    });
    if let Err(error) = spawned {
        return Err(format!("no thread could be started for the case: {error}"));
    }
    loop {
        let part = parts.current();
        let left = part.until.saturating_duration_since(Instant::now());
        match heard.recv_timeout(left) {
            Ok(Word::Ended(returned)) => return returned,
            Ok(Word::Look) => {}
            Err(RecvTimeoutError::Timeout) if parts.current().until > Instant::now() => {}
            Err(_) => {
                let Part { name, limit, .. } = parts.current();
                return Err(format!(
                    "blocked its thread {name}: it did not end within {limit:?}"
                ));
            }
        }
    }
}
