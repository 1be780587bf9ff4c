//! Servers that are started on this machine, of whatever kind.
//!
//! A kind of server is a [`Server`]: how its command line looks and how it greets. All else is the same for every kind:
//! a private directory ([`directory`]), a free port ([`port`]), a supervisor that outlives the tests by a few seconds
//! ([`supervisor`]), the FIFO that ties it to its users ([`membership`]), and the agreement of all processes of a run on
//! one server ([`shared`]).

mod directory;
mod membership;
mod own;
mod port;
mod program;
mod run;
mod running;
mod shared;
mod supervisor;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::ServerError;
use crate::environment::{self, Environment};

pub(crate) use directory::Base;
#[cfg(feature = "containers")]
pub(crate) use directory::Lock;
pub(crate) use own::Own;
pub(crate) use port::Reserved;
pub(crate) use program::find;
pub(crate) use run::Run;
pub(crate) use running::{Port, Running};
pub(crate) use shared::{Hold, join_or_start};

/// A Unix socket's path has 104 bytes on the tightest system, with the closing zero.
const SOCKET_PATH: usize = 103;

/// How long a shared server stays after its last user, in whole seconds.
const LINGER: &str = "CONTRAIT_SERVERS_LINGER";
/// Longer than the pause between two test binaries of one `cargo test`.
const DEFAULT_LINGER: Duration = Duration::from_secs(5);

/// How long a shared server stays after its last user.
///
/// # Errors
///
/// If `CONTRAIT_SERVERS_LINGER` is set to anything but a number of seconds.
pub(crate) fn linger(environment: &dyn Environment) -> Result<Duration, ServerError> {
    let Some(text) = environment::text(environment, LINGER)? else {
        return Ok(DEFAULT_LINGER);
    };
    text.parse()
        .map(Duration::from_secs)
        .map_err(|_| ServerError::Setting {
            name: LINGER,
            problem: format!("`{text}` is not a whole number of seconds"),
        })
}

/// One kind of server, with the binary and the options it is started with.
pub(crate) trait Server {
    /// What its directories are called after: lowercase letters.
    fn kind(&self) -> &'static str;

    /// The binary, as an absolute path.
    fn program(&self) -> &Path;

    /// The arguments that make it serve at `place` in the foreground. They must differ only in what comes from `place`,
    /// since processes whose arguments are otherwise equal share a server.
    fn arguments(&self, place: &Place) -> Vec<OsString>;

    /// Writes what it reads at its start into the directory of `place`.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    fn prepare(&self, _: &Place) -> io::Result<()> {
        Ok(())
    }

    /// Asks the server for a sign of life, and waits no longer than `within`.
    ///
    /// # Errors
    ///
    /// What happened instead, as a sentence fragment.
    fn greet(&self, place: &Place, within: Duration) -> Result<Greeting, String>;

    /// Whether the log of a server that ended says that its port was not free.
    fn port_was_taken(&self, log: &str) -> bool;
}

/// Where a started server is.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its own directory, an absolute path.
    pub(crate) directory: PathBuf,
    /// Its port on 127.0.0.1.
    pub(crate) port: u16,
}

impl Place {
    /// The path of a Unix socket called `name`, where the directory's path is short enough for one.
    pub(crate) fn socket(&self, name: &str) -> Option<PathBuf> {
        let path = self.directory.join(name);
        (path.as_os_str().len() <= SOCKET_PATH).then_some(path)
    }
}

/// What a server says of itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct Greeting {
    /// Its product name, such as `redis-server`.
    pub(crate) product: Option<&'static str>,
    /// Its version, where it tells one.
    pub(crate) version: Option<String>,
    /// Its process id, where it tells one: a port alone does not prove that the server there is the one that was started.
    pub(crate) pid: Option<u32>,
}
