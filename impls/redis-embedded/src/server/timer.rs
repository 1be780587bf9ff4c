//! The task that lets time pass: keys expire and blocked commands time out without being asked.

use std::sync::Arc;
use std::time::Duration;

use super::shared::Shared;

/// Runs until the server stops.
pub(crate) async fn run(shared: Arc<Shared>) {
    while !shared.is_stopped() {
        let due = shared.run_due().filter(|_| !shared.clock.is_frozen());
        let woken = shared.timer.notified();
        match due {
            // A frozen clock only moves by hand, and then tells so.
            None => woken.await,
            Some(at) => {
                let micros = at.saturating_mul(1000) - shared.clock.micros();
                let wait = Duration::from_micros(u64::try_from(micros).unwrap_or_default());
                // The result says which of the two it was, and both lead to the same look.
                let _ = tokio::time::timeout(wait.min(Duration::from_secs(3600)), woken).await;
            }
        }
    }
}
