//! A Redis that one test has for itself.

use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::command::ask;
#[cfg(feature = "tls")]
use super::server::Certificate;
use super::server::{RedisServer, SNAPSHOT};
use super::{address_of, describe_started};
use crate::ServerError;
use crate::local::{Base, Port, Reserved, Running};
use crate::probe::Address;

/// So many entries that it takes half a minute to read them in, with a pause for each.
const FILL: &str = "EVAL \"for i = 1, 60000 do redis.call('SET', 'filler:' .. i, 'x') end\" 0";
const LOADED: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(2);

/// A Redis that one test may kill, freeze and restart without disturbing another.
///
/// It is stopped when the value is dropped, and by its supervisor when the process ends, however it ends.
pub struct OwnRedis {
    server: Mutex<RedisServer>,
    program: PathBuf,
    base: Base,
    port: u16,
    /// Also while it is down.
    _reserved: Option<Reserved>,
    address: String,
    url: String,
    description: String,
    running: Mutex<Option<Running>>,
}

impl OwnRedis {
    pub(super) fn start(server: RedisServer, base: Base) -> Result<Self, ServerError> {
        let mut running = start(&server, &base, Port::Free)?;
        let address = address_of(&running.place).to_string();
        let password = server.password();
        let credentials = password.map_or(String::new(), |password| format!(":{password}@"));
        Ok(Self {
            port: running.place.port,
            _reserved: running.reserved.take(),
            url: format!("redis://{credentials}{address}"),
            address,
            description: describe_started(&running.greeting, &server, &running.place),
            running: Mutex::new(Some(running)),
            program: server.program_path().to_owned(),
            server: Mutex::new(server),
            base,
        })
    }

    /// What clients connect to, such as `redis://127.0.0.1:23456`; it stays the same over restarts, with the password that
    /// the server had first.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.clone()
    }

    /// The password that it asks for, if any.
    #[must_use]
    pub fn password(&self) -> Option<String> {
        self.server().password().map(str::to_owned)
    }

    /// The server in words, for the output of a failed test.
    #[must_use]
    pub fn describe(&self) -> String {
        self.description.clone()
    }

    /// Kills the server as `kill -9` does; on return it is gone, and connections are refused. Blocks for some milliseconds.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed before.
    pub fn kill(&self) -> Result<(), ServerError> {
        let running = self
            .running()
            .take()
            .ok_or_else(|| self.not_running("kill"))?;
        running.stop();
        Ok(())
    }

    /// Has the server end in good order, as an operator does; on return it is gone. Blocks for some milliseconds.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed before.
    pub fn stop(&self) -> Result<(), ServerError> {
        let mut running = self
            .running()
            .take()
            .ok_or_else(|| self.not_running("stop"))?;
        running.terminate()?;
        running.stop();
        Ok(())
    }

    /// Starts the server anew and empty at the same address, after killing it if it still runs. Blocks for some 50 ms.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotStarted`] if it does not come up, as when another process has taken its port in the meantime.
    pub fn restart(&self) -> Result<(), ServerError> {
        let mut running = self.running();
        if let Some(before) = running.take() {
            before.stop();
        }
        *running = Some(start(&self.server(), &self.base, Port::Exactly(self.port))?);
        Ok(())
    }

    /// As [`restart`](Self::restart), and it asks for this password from then on.
    ///
    /// # Errors
    ///
    /// As [`restart`](Self::restart).
    pub fn restart_with_password(&self, password: &str) -> Result<(), ServerError> {
        let server = self.server().clone().with_password(password);
        *self.server() = server;
        self.restart()
    }

    /// As [`restart`](Self::restart), and it speaks TLS alone from then on.
    ///
    /// # Errors
    ///
    /// As [`restart`](Self::restart).
    #[cfg(feature = "tls")]
    pub(crate) fn restart_with_certificate(
        &self,
        certificate: Certificate,
    ) -> Result<(), ServerError> {
        let server = self.server().clone().with_certificate(certificate);
        *self.server() = server;
        self.restart()
    }

    /// Leaves the server no memory, so that it refuses whatever needs some: it evicts nothing.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it does not answer.
    pub fn fill_memory(&self) -> Result<(), ServerError> {
        self.order("CONFIG SET maxmemory 1", "fill")
    }

    /// Has it follow a server that is not there, so that it refuses writes, and answers reads from what it has.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it does not answer.
    pub fn demote(&self) -> Result<(), ServerError> {
        // Nobody listens at port 1, and who asks is refused at once.
        self.order("REPLICAOF 127.0.0.1 1", "demote")
    }

    /// Starts it anew, with what it held; it is still reading that in, for half a minute or until it is
    /// [`recovered`](Self::recover).
    ///
    /// # Errors
    ///
    /// As [`restart`](Self::restart).
    pub fn restart_loading(&self) -> Result<(), ServerError> {
        self.order(FILL, "fill")?;
        self.order("SAVE", "save")?;
        let snapshot = self.snapshot()?;
        let before = self.server().clone();
        *self.server() = before.clone().with_snapshot(snapshot);
        let restarted = self.restart();
        *self.server() = before;
        restarted
    }

    /// Ends what [`fill_memory`](Self::fill_memory), [`demote`](Self::demote) and
    /// [`restart_loading`](Self::restart_loading) began.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it does not answer, or has not read in what it held within ten seconds.
    pub fn recover(&self) -> Result<(), ServerError> {
        self.order("CONFIG SET key-load-delay 0", "hurry")?;
        let deadline = Instant::now() + LOADED;
        while self.order("PING", "load").is_err() {
            if Instant::now() > deadline {
                return Err(self.not_running("load"));
            }
            thread::sleep(PAUSE);
        }
        self.order("CONFIG SET maxmemory 0", "recover")?;
        self.order("REPLICAOF NO ONE", "promote")
    }

    fn order(&self, command: &str, action: &'static str) -> Result<(), ServerError> {
        let password = self.password();
        let answer = ask(&self.place(), password.as_deref(), command);
        answer.map(drop).map_err(|_| self.not_running(action))
    }

    fn snapshot(&self) -> Result<Vec<u8>, ServerError> {
        let running = self.running();
        let running = running.as_ref().ok_or_else(|| self.not_running("save"))?;
        let path = running.place.directory.join(SNAPSHOT);
        fs::read(&path).map_err(ServerError::files("read", path))
    }

    /// Stops the server from running without ending it: connections are taken by the kernel and nothing answers, as behind
    /// a network that swallows packets. On return it has stopped. [`thaw`](Self::thaw) undoes it.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed.
    pub fn freeze(&self) -> Result<(), ServerError> {
        match &mut *self.running() {
            Some(running) => running.freeze(),
            None => Err(self.not_running("freeze")),
        }
    }

    /// Lets a frozen server go on, with all that it was sent meanwhile.
    ///
    /// # Errors
    ///
    /// [`ServerError::NotRunning`] if it was killed.
    pub fn thaw(&self) -> Result<(), ServerError> {
        match &mut *self.running() {
            Some(running) => running.thaw(),
            None => Err(self.not_running("thaw")),
        }
    }

    pub(super) fn place(&self) -> Address {
        Address::Tcp {
            host: "127.0.0.1".to_owned(),
            port: self.port,
        }
    }

    pub(super) fn program(&self) -> &Path {
        &self.program
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn server(&self) -> MutexGuard<'_, RedisServer> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn not_running(&self, action: &'static str) -> ServerError {
        ServerError::NotRunning {
            program: self.program.clone(),
            action,
        }
    }
}

fn start(server: &RedisServer, base: &Base, port: Port) -> Result<Running, ServerError> {
    // The prefix differs from that of shared servers, so that nobody joins.
    Running::start(server, base, "redis-own-", port, Duration::ZERO)
}

impl Drop for OwnRedis {
    fn drop(&mut self) {
        if let Some(running) = self.running().take() {
            running.stop();
        }
    }
}

impl Debug for OwnRedis {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnRedis").field(&self.description).finish()
    }
}
