//! Ends what this command started when this command is gone, however it went: the kernel closes the pipe that is the
//! guard's standard input, and the guard ends its process group. cargo, nextest and the test binaries are in it; nextest
//! hands the signal on to tests in groups of their own, and servers end by themselves once nobody uses them.

use std::ffi::OsString;
use std::io::Read;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use crate::error::{Error, Kind};

/// How long a run has to end by itself.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a command line, and ends it at the end of standard input.
pub(crate) fn guard(command: &[OsString]) -> Result<ExitCode, Error> {
    // The signal that ends the group is for the others.
    ctrlc::set_handler(|| {}).map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    let [program, arguments @ ..] = command else {
        return Err(Error::new(Kind::Usage, "there is nothing to guard"));
    };
    let spawned = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .spawn();
    let mut child = spawned.map_err(|error| {
        Error::new(
            Kind::Tool,
            format!("{} does not start: {error}", program.display()),
        )
    })?;
    std::thread::spawn(end_with_input);
    let status = child
        .wait()
        .map_err(|error| Error::new(Kind::Tool, error.to_string()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(u8::MAX)))
}

fn end_with_input() {
    // Nobody writes to it, so what comes is its end.
    let _ = std::io::stdin().lock().read(&mut [0]);
    end_group(false);
    std::thread::sleep(GRACE);
    end_group(true);
}

#[cfg(unix)]
fn end_group(now: bool) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::getpgrp;

    let signal = if now {
        Signal::SIGKILL
    } else {
        Signal::SIGTERM
    };
    let _ = killpg(getpgrp(), signal);
}

#[cfg(not(unix))]
fn end_group(now: bool) {
    if now {
        std::process::exit(1);
    }
}
