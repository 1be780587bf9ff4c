//! The tie between a server's users and its supervisor.
//!
//! Every user holds a writing end of the FIFO `users` in the server's directory, the supervisor its reading end. The
//! kernel closes the ends of a process that dies, however it dies. So the supervisor sees the end of the last user as an
//! end of file, and a newcomer sees a dead supervisor as a FIFO that cannot be opened. Process ids would need polling,
//! and could come to name somebody else.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// The FIFO that can be joined.
const OPEN: &str = "users";
/// Its name once the supervisor takes nobody in any more.
const CLOSED: &str = "closed";

/// Keeps a server alive for as long as it exists.
#[derive(Debug)]
pub(super) struct Membership {
    _writing_end: OwnedFd,
}

/// Makes the FIFO in `directory`; returns the reading end, for the supervisor, and a first membership.
pub(super) fn create(directory: &Path) -> io::Result<(OwnedFd, Membership)> {
    let path = directory.join(OPEN);
    make_fifo(&path)?;
    // In this order neither call waits for the other end.
    let reading_end = open(&path, OFlags::RDONLY)?;
    let membership = Membership {
        _writing_end: open(&path, OFlags::WRONLY)?,
    };
    let flags = rustix::fs::fcntl_getfl(&reading_end)?;
    // A shell's `read` waits; on a descriptor that does not it fails.
    rustix::fs::fcntl_setfl(&reading_end, flags - OFlags::NONBLOCK)?;
    Ok((reading_end, membership))
}

/// Becomes a user of the server in `directory`; `None` if nobody supervises it any more or it is about to end.
pub(super) fn join(directory: &Path) -> io::Result<Option<Membership>> {
    match open(&directory.join(OPEN), OFlags::WRONLY) {
        Ok(writing_end) => {
            let mut file = File::from(writing_end);
            // The supervisor learns of users that come and go while it looks away.
            writeln!(file, "{}", std::process::id())?;
            Ok(Some(Membership {
                _writing_end: file.into(),
            }))
        }
        Err(Errno::NXIO | Errno::NOENT) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Whether a supervisor still watches over `directory`, be it one that is about to end.
pub(super) fn is_supervised(directory: &Path) -> bool {
    [OPEN, CLOSED]
        .iter()
        .any(|name| open(&directory.join(name), OFlags::WRONLY).is_ok())
}

fn open(path: &Path, access: OFlags) -> Result<OwnedFd, Errno> {
    let flags = access | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    rustix::fs::open(path, flags, Mode::empty())
}

/// By the utility, since not every system has the call that rustix has a safe name for.
fn make_fifo(path: &Path) -> io::Result<()> {
    let made = Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(path)
        .stdin(Stdio::null())
        .output()?;
    if made.status.success() {
        return Ok(());
    }
    let reason = String::from_utf8_lossy(&made.stderr).trim().to_owned();
    Err(io::Error::other(reason))
}
