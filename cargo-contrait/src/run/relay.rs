//! What cargo says while it builds is shown as it comes; from the first test on it goes to the log, since from then on
//! progress is told here, and failures below.

use std::fs::File;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What cargo, or nextest, says last before tests begin.
const LAST_OF_BUILD: [&str; 2] = ["Finished ", "Starting "];

/// Copies from a pipe until its end.
pub(super) fn relay(mut from: impl Read, mut log: File, building: &Arc<AtomicBool>) {
    let mut buffer = [0; 8192];
    let mut line = Vec::new();
    while let Ok(length) = from.read(&mut buffer) {
        if length == 0 {
            return;
        }
        for part in buffer[..length].split_inclusive(|byte| *byte == b'\n') {
            let shown = building.load(Ordering::Relaxed);
            line.extend_from_slice(part);
            if shown {
                let _ = std::io::stderr().write_all(part);
            } else {
                // A log that cannot be written to is no reason to end the tests.
                let _ = log.write_all(part);
            }
            if part.ends_with(b"\n") {
                if ends_build(&String::from_utf8_lossy(&line)) {
                    building.store(false, Ordering::Relaxed);
                }
                line.clear();
            }
        }
    }
}

fn ends_build(line: &str) -> bool {
    let plain = anstream::adapter::strip_str(line).to_string();
    // A progress bar stands before it, and was written over.
    let plain = plain
        .rsplit('\r')
        .find(|part| !part.trim().is_empty())
        .unwrap_or_default();
    LAST_OF_BUILD
        .iter()
        .any(|word| plain.trim_start().starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::ends_build;

    #[test]
    fn the_end_of_a_build() {
        assert!(ends_build(
            "    Finished `test` profile [unoptimized] target(s) in 0.1s\n"
        ));
        assert!(ends_build("\x1b[1m\x1b[32m    Finished\x1b[0m `test`\r\n"));
        assert!(!ends_build("   Compiling Finished v1.0.0\n"));
    }
}
