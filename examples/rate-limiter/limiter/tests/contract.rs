//! The limiters of this crate under their contract.

use std::time::Duration;

use contrait::backend;
use contrait::report::Outcome;
use limiter::{FixedWindow, Quota, SlidingLog, suite};

const QUOTA: Quota = Quota {
    calls: 3,
    period: Duration::from_secs(60),
};

#[backend(suite, clock = virtual)]
fn sliding_log() -> SlidingLog {
    SlidingLog::new(QUOTA)
}

// Its tests would be red, as they should: without `tests = false`, `cargo test` shows how.
#[backend(suite, clock = virtual, tests = false)]
async fn fixed_window() -> FixedWindow {
    FixedWindow::new(QUOTA)
}

#[test]
fn the_fixed_window_is_found_out() {
    let broken: Vec<_> = fixed_window::conformance()
        .run_all()
        .into_iter()
        .filter(|record| record.outcome == Outcome::Failed)
        .collect();
    let [record] = broken.as_slice() else {
        panic!("one promise is broken, not {broken:?}")
    };
    assert_eq!(record.case, "no_period_sees_more_than_the_quota");
    let report = record.to_string();
    assert!(
        report.contains("the last calls are a fifth of a period old"),
        "{report}"
    );
    assert!(
        report.contains("limiter.allow(\"ada\") -> true"),
        "{report}"
    );
}
