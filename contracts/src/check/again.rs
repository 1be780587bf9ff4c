//! Whether a failure is one again.

use std::fmt;

/// How often what was left of a failure failed when it was run again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Again {
    pub(super) failed: usize,
    /// Of how many times.
    pub(super) times: usize,
}

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { failed, times } = self;
        if failed == times {
            f.write_str("each time")
        } else {
            write!(
                f,
                "{failed} of {times} times: it depends on more than these steps"
            )
        }
    }
}
