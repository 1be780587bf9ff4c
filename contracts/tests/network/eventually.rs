//! What is tried until it succeeds, on a clock of either kind.

use std::time::Duration;

use contrait::{Clock, backend, contract, contract_suite};

/// Something that is ready after a while.
#[contract]
trait Slow {
    /// How often it has been asked, once that is often enough.
    fn asked(&mut self) -> Result<u32, String>;
}

#[contract_suite(Slow)]
mod suite {
    use super::*;

    /// It is ready in the end.
    #[case]
    async fn is_ready_eventually(slow: &mut dyn Slow, clock: &Clock) -> Result<(), String> {
        let begun = clock.now();
        let asked = clock.eventually(Duration::from_secs(9), async || slow.asked());
        assert_eq!(asked.await.map_err(|late| late.to_string())?, 5);
        assert!(clock.now() > begun);
        Ok(())
    }

    /// What is too late is told with the last failure, and what was ready at once costs no time.
    #[case]
    async fn is_too_late(slow: &mut dyn Slow, clock: &Clock) -> Result<(), String> {
        let begun = clock.now();
        let tried = clock
            .eventually(Duration::ZERO, async || slow.asked())
            .await;
        let late = tried.expect_err("it is not ready at once");
        assert_eq!(
            late.to_string(),
            "not within 0ns, for which it was tried 1 time: \"asked 1 times\""
        );
        assert_eq!(late.into_last(), "asked 1 times");
        let ready = clock
            .eventually(Duration::ZERO, async || Ok::<_, String>(()))
            .await;
        assert!(ready.is_ok());
        assert_eq!(clock.is_virtual(), clock.now() == begun);
        Ok(())
    }
}

struct Fifth(u32);

impl Slow for Fifth {
    fn asked(&mut self) -> Result<u32, String> {
        self.0 += 1;
        match self.0 {
            5.. => Ok(self.0),
            early => Err(format!("asked {early} times")),
        }
    }
}

#[backend(suite)]
fn by_real_time() -> Fifth {
    Fifth(0)
}

#[backend(suite, clock = virtual)]
fn by_virtual_time() -> Fifth {
    Fifth(0)
}
