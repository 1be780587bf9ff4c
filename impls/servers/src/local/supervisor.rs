//! Starts the supervisor of a server.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Place, Server};

const SCRIPT: &str = include_str!("supervisor.sh");

/// Starts a shell that starts `server` at `place` and stops it when the FIFO whose reading end is `users` has had no
/// writer for `linger`, which counts in whole seconds.
pub(super) fn spawn(
    server: &dyn Server,
    place: &Place,
    users: OwnedFd,
    linger: Duration,
) -> io::Result<Child> {
    // As a file, so that a listing of processes shows a name instead of the text.
    let script = place.directory.join("supervisor.sh");
    fs::write(&script, SCRIPT)?;
    Command::new("/bin/sh")
        .arg(script)
        .arg(&place.directory)
        .arg(linger.as_secs().to_string())
        .arg(server.program())
        .args(server.arguments(place))
        .stdin(users)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C and the time limits of test runners strike the tests' process group.
        .process_group(0)
        .spawn()
}
