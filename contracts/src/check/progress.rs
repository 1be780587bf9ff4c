//! How far a long run is.

/// Says it beside what is printed.
#[expect(
    clippy::print_stderr,
    reason = "whoever waits for a long run is told that it goes on"
)]
pub(super) fn say(line: &str) {
    eprintln!("{line}");
}
