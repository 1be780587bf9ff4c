//! The directories that servers live in.
//!
//! One directory below the temporary directory belongs to the user. In it each server that is started gets a directory
//! under a name that was never used before, so that a supervisor can remove its own without ever meeting another's.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::fs::FlockOperation;
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use super::membership;
use crate::ServerError;
use crate::environment::{self, Environment};

/// Nobody needs as long to get from making a directory to supervising it.
const STALE: Duration = Duration::from_secs(60);

/// The user's directory for servers.
#[derive(Debug, Clone)]
pub(crate) struct Base(PathBuf);

/// Held while a server is started; gone with this value, or with the process.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Base {
    /// Makes the directory where it is missing.
    ///
    /// # Errors
    ///
    /// If it cannot be made, or is not private: another user could have put it, or a link, in its place.
    pub(crate) fn open(environment: &dyn Environment) -> Result<Self, ServerError> {
        let temporary = environment::value(environment, "TMPDIR").unwrap_or("/tmp".into());
        let user = rustix::process::geteuid().as_raw();
        let path = PathBuf::from(temporary).join(format!("contrait-servers-{user}"));
        let path = std::path::absolute(&path).map_err(ServerError::files("find", path))?;
        match private().create(&path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                Err(ServerError::files("create", path)(error))
            }
            _ => Self::checked(path, user),
        }
    }

    fn checked(path: PathBuf, user: u32) -> Result<Self, ServerError> {
        let found = fs::symlink_metadata(&path).map_err(ServerError::files("read", &path))?;
        if found.is_dir() && found.uid() == user && found.mode() & 0o077 == 0 {
            return Ok(Self(path));
        }
        let problem = io::Error::other("it is not a directory that only this user can enter");
        Err(ServerError::files("use", path)(problem))
    }

    /// The directories whose name begins with `prefix`, in no order.
    pub(super) fn list(&self, prefix: &str) -> Result<Vec<PathBuf>, ServerError> {
        let entries = fs::read_dir(&self.0).map_err(ServerError::files("read", &self.0))?;
        let starts = |name: &OsStr| name.as_encoded_bytes().starts_with(prefix.as_bytes());
        Ok(entries
            .flatten()
            .filter(|entry| starts(&entry.file_name()) && entry.path().is_dir())
            .map(|entry| entry.path())
            .collect())
    }

    /// A new directory whose name begins with `prefix`.
    pub(super) fn create(&self, prefix: &str) -> Result<PathBuf, ServerError> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = self
                .0
                .join(format!("{prefix}{}-{count}", std::process::id()));
            match private().create(&path) {
                Ok(()) => return Ok(path),
                // An earlier process had this id.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ServerError::files("create", path)(error)),
            }
        }
    }

    /// The right to start a shared server of this kind; `None` while another process has it.
    ///
    /// The file stays for good: who removes a lock file may remove one that somebody else has just locked.
    pub(crate) fn try_lock(&self, kind: &str) -> Result<Option<Lock>, ServerError> {
        let path = self.0.join(format!("{kind}.lock"));
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(ServerError::files("open", &path))?;
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(None),
            Err(error) => Err(ServerError::files("lock", path)(error)),
        }
    }

    /// Removes what runs left behind whose supervisor was itself killed, or never came to be. Whatever cannot be removed
    /// stays: it is in nobody's way.
    pub(super) fn sweep(&self, kind: &str) {
        for directory in self.list(&format!("{kind}-")).unwrap_or_default() {
            if is_old(&directory) && !membership::is_supervised(&directory) {
                end_orphan(&directory);
                let _ = fs::remove_dir_all(&directory);
            }
        }
    }
}

fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.mode(0o700);
    builder
}

fn is_old(directory: &Path) -> bool {
    let age = fs::metadata(directory)
        .and_then(|found| found.modified())
        .map(|changed| changed.elapsed().unwrap_or_default());
    age.is_ok_and(|age| age > STALE)
}

/// Ends the server of a directory that has no supervisor any more. Its process id may long be another's, so it must
/// still work in this very directory, which only Linux tells; elsewhere it stays.
fn end_orphan(directory: &Path) {
    let pid = super::running::read_pid(directory);
    let works_here =
        |pid: &u32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|place| place == directory);
    if let Some(pid) = pid.filter(works_here) {
        let _ = signal(pid, Signal::KILL);
    }
}

/// Sends `signal` to the process `pid`.
pub(super) fn signal(pid: u32, signal: Signal) -> io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.ok_or_else(|| io::Error::other("no such process id"))?;
    Ok(rustix::process::kill_process(pid, signal)?)
}
