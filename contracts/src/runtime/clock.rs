//! The time that a case lives in.
//!
//! A backend whose time can be moved (tokio's paused clock, or a server whose clock the test drives) lets a month
//! pass at once. Elsewhere time truly passes, and only [`Expiry`](crate::Expiry) can say what a read must have seen.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::backend::ClockKind;
use super::expiry::Expiry;
use super::hidden::Hidden;

/// A clock that a test moves: that of an in-process server, for example.
///
/// Hand it to [`Context::drive_clock`](crate::Context::drive_clock).
pub trait TimeSource: Send + Sync {
    /// The time since an origin that does not change.
    fn now(&self) -> Duration;
    /// Moves the clock on by `by`.
    fn advance(&self, by: Duration);
}

/// The clock of a case, as a case or a backend asks for it with a parameter `&Clock`.
#[derive(Clone)]
pub struct Clock {
    inner: Hidden<Inner>,
}

struct Inner {
    kind: ClockKind,
    origin: Instant,
    /// Tokio's clock is only known once the runtime of the case runs.
    virtual_origin: OnceLock<tokio::time::Instant>,
    driven: OnceLock<Arc<dyn TimeSource>>,
}

impl Clock {
    pub(crate) fn new(kind: ClockKind) -> Self {
        let inner = Inner {
            kind,
            origin: Instant::now(),
            virtual_origin: OnceLock::new(),
            driven: OnceLock::new(),
        };
        Self {
            inner: Hidden::new(inner),
        }
    }

    /// Whether time passes only when the case lets it pass.
    pub fn is_virtual(&self) -> bool {
        self.inner.driven.get().is_some() || self.inner.kind == ClockKind::Virtual
    }

    /// The time since the case began.
    pub fn now(&self) -> Duration {
        if let Some(source) = self.inner.driven.get() {
            return source.now();
        }
        match self.inner.kind {
            ClockKind::Real => self.inner.origin.elapsed(),
            ClockKind::Virtual => self
                .inner
                .virtual_origin
                .get_or_init(tokio::time::Instant::now)
                .elapsed(),
        }
    }

    /// Lets `by` pass: moves a virtual clock, and waits on a real one.
    pub async fn advance(&self, by: Duration) {
        match self.inner.driven.get() {
            Some(source) => {
                source.advance(by);
                // Tasks that wait for the moved clock run before the case goes on.
                tokio::task::yield_now().await;
            }
            None if self.is_virtual() => tokio::time::advance(by).await,
            None => tokio::time::sleep(by).await,
        }
    }

    /// Runs `write`, which stores something that is to live for `ttl`, and notes between which moments it may expire.
    ///
    /// `resolution` is how much longer than asked the backend may keep it.
    ///
    /// # Errors
    /// That of `write`.
    pub async fn expiry<T, E>(
        &self,
        ttl: Duration,
        resolution: Duration,
        write: impl Future<Output = Result<T, E>>,
    ) -> Result<Expiry, E> {
        let called = self.now();
        write.await?;
        Ok(Expiry::new(
            self.clone(),
            called,
            self.now(),
            ttl,
            resolution,
        ))
    }

    pub(crate) fn drive(&self, source: Arc<dyn TimeSource>) {
        // A second handle of the same server drives the same clock: the first one stays.
        let _ = self.inner.driven.set(source);
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clock")
            .field("virtual", &self.is_virtual())
            .finish_non_exhaustive()
    }
}
