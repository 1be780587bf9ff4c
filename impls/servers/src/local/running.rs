//! A server that this process has started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::directory::{Base, signal};
use super::membership::{self, Membership};
use super::{Greeting, Place, Reserved, Server, supervisor};
use crate::ServerError;

/// Far above any server's start and end, also on a machine that is busy building.
const START: Duration = Duration::from_secs(10);
const GREETING: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(2);
/// So often a port that somebody else took in between is replaced.
const PORTS: usize = 10;
/// What an error shows of a server's log.
const LOG_LINES: usize = 20;

/// Which port a server is started on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Port {
    /// Any that is free.
    Free,
    /// This one, which clients of an earlier start know.
    Exactly(u16),
}

/// A started server. Dropped, it only loses one user; see [`stop`](Self::stop).
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) place: Place,
    pub(crate) greeting: Greeting,
    /// Its port, where it was free to choose one: whoever starts it again keeps this as well.
    pub(crate) reserved: Option<Reserved>,
    program: PathBuf,
    pid: u32,
    membership: Membership,
    supervisor: Child,
}

/// Why one attempt to start a server failed.
enum Failure {
    /// The server ended, with this log.
    Ended {
        status: String,
        log: String,
    },
    Other(ServerError),
}

impl Running {
    /// Starts `server` in a new directory whose name begins with `prefix`, and waits until it answers. It stays on for
    /// `linger`, in whole seconds, after its last user.
    pub(crate) fn start(
        server: &dyn Server,
        base: &Base,
        prefix: &str,
        port: Port,
        linger: Duration,
    ) -> Result<Self, ServerError> {
        let tries = if let Port::Free = port { PORTS } else { 1 };
        for attempt in 1..=tries {
            match Self::attempt(server, base, prefix, port, linger) {
                Ok(running) => return Ok(running),
                Err(Failure::Other(error)) => return Err(error),
                Err(Failure::Ended { log, .. })
                    if attempt < tries && server.port_was_taken(&log) => {}
                Err(Failure::Ended { status, log }) => {
                    let problem = format!("ended with status {status} before it answered");
                    return Err(not_started(server, problem, log));
                }
            }
        }
        unreachable!("the last attempt returns")
    }

    fn attempt(
        server: &dyn Server,
        base: &Base,
        prefix: &str,
        port: Port,
        linger: Duration,
    ) -> Result<Self, Failure> {
        let (port, reserved) = match port {
            Port::Exactly(port) => (port, None),
            Port::Free => {
                let reserved = Reserved::free();
                let reserved =
                    reserved.map_err(ServerError::files("find a free port on", "127.0.0.1"))?;
                (reserved.number(), Some(reserved))
            }
        };
        let place = Place {
            directory: base.create(prefix)?,
            port,
        };
        server
            .prepare(&place)
            .map_err(ServerError::files("write into", &place.directory))?;
        let (users, membership) = membership::create(&place.directory)
            .map_err(ServerError::files("make a FIFO in", &place.directory))?;
        let supervisor = supervisor::spawn(server, &place, users, linger).map_err(
            ServerError::files("start a supervisor in", &place.directory),
        )?;
        Self {
            program: server.program().to_owned(),
            greeting: Greeting::default(),
            reserved,
            pid: 0,
            place,
            membership,
            supervisor,
        }
        .await_greeting(server)
    }

    /// Waits until the server answers. A server that does not is stopped, and its log kept.
    fn await_greeting(mut self, server: &dyn Server) -> Result<Self, Failure> {
        let deadline = Instant::now() + START;
        let mut last = "its process id is unknown".to_owned();
        while Instant::now() < deadline {
            if let Some(status) = self.ended() {
                let log = self.log();
                self.stop();
                return Err(Failure::Ended { status, log });
            }
            match greet(server, &self.place, GREETING) {
                Ok((greeting, pid)) => {
                    return Ok(Self {
                        greeting,
                        pid,
                        ..self
                    });
                }
                Err(problem) => last = problem,
            }
            std::thread::sleep(PAUSE);
        }
        let problem = format!("did not answer within {} s: {last}", START.as_secs());
        let error = not_started(server, problem, self.log());
        self.stop();
        Err(Failure::Other(error))
    }

    /// The exit status, once the server or its supervisor has ended.
    fn ended(&mut self) -> Option<String> {
        if let Ok(status) = fs::read_to_string(self.place.directory.join("exited")) {
            return Some(status.trim().to_owned());
        }
        let supervisor = self.supervisor.try_wait().ok().flatten()?;
        Some(format!("unknown (its supervisor: {supervisor})"))
    }

    fn log(&self) -> String {
        let log = fs::read(self.place.directory.join("log")).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log
            .lines()
            .map(str::trim_end)
            .filter(|line| !line.is_empty())
            .collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    /// Stops the server from running; on return it does not run any more.
    pub(crate) fn freeze(&mut self) -> Result<(), ServerError> {
        self.signal(Signal::STOP, "freeze")?;
        // The signal is only noted until the server's threads come to see it, for which they need the processor.
        let deadline = Instant::now() + START;
        while !is_frozen(self.pid) && Instant::now() < deadline {
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// Lets a frozen server go on.
    pub(crate) fn thaw(&mut self) -> Result<(), ServerError> {
        self.signal(Signal::CONT, "thaw")
    }

    /// Asks the server to end, and waits until it has; a server that does not end is left for [`stop`](Self::stop).
    pub(crate) fn terminate(&mut self) -> Result<(), ServerError> {
        self.signal(Signal::TERM, "stop")?;
        let deadline = Instant::now() + START;
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn signal(&mut self, what: Signal, action: &'static str) -> Result<(), ServerError> {
        // The id stays the server's own until its supervisor has seen it end.
        let sent = self.ended().is_none() && signal(self.pid, what).is_ok();
        if sent {
            return Ok(());
        }
        Err(ServerError::NotRunning {
            program: self.program.clone(),
            action,
        })
    }

    /// Kills the server and returns when it and its directory are gone.
    pub(crate) fn stop(mut self) {
        let pid = if self.ended().is_none() {
            read_pid(&self.place.directory)
        } else {
            None
        };
        if let Some(pid) = pid {
            let _ = signal(pid, Signal::KILL);
        }
        drop(self.membership);
        let _ = self.supervisor.wait();
    }
}

/// Greets the server at `place` and makes sure that the process that its supervisor started is the one that answers.
pub(super) fn greet(
    server: &dyn Server,
    place: &Place,
    within: Duration,
) -> Result<(Greeting, u32), String> {
    let pid = read_pid(&place.directory).ok_or("its process id is not known")?;
    let greeting = server.greet(place, within)?;
    match greeting.pid {
        Some(other) if other != pid => Err(format!(
            "process {other} answers on port {} instead",
            place.port
        )),
        _ => Ok((greeting, pid)),
    }
}

/// The process id of the server in `directory`, where its supervisor has written it.
pub(super) fn read_pid(directory: &Path) -> Option<u32> {
    fs::read_to_string(directory.join("pid"))
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// Whether all of a process has been stopped. Only Linux tells; elsewhere the signal is taken at its word.
fn is_frozen(pid: u32) -> bool {
    match fs::read_to_string(format!("/proc/{pid}/stat")) {
        // The state follows the name, which is in parentheses and may itself hold some.
        Ok(stat) => stat
            .rsplit_once(") ")
            .is_some_and(|(_, rest)| rest.starts_with('T')),
        Err(_) => true,
    }
}

fn not_started(server: &dyn Server, problem: String, log: String) -> ServerError {
    ServerError::NotStarted {
        program: server.program().to_owned(),
        problem,
        log,
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        Self::Other(error)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use super::{Greeting, Place, Server};

    /// A server that says that it is the process of this id.
    struct Claims(Option<u32>);

    impl Server for Claims {
        fn kind(&self) -> &'static str {
            "claims"
        }

        fn program(&self) -> &Path {
            Path::new("/claims")
        }

        fn arguments(&self, _: &Place) -> Vec<OsString> {
            Vec::new()
        }

        fn greet(&self, _: &Place, _: Duration) -> Result<Greeting, String> {
            Ok(Greeting {
                pid: self.0,
                ..Greeting::default()
            })
        }

        fn port_was_taken(&self, _: &str) -> bool {
            false
        }
    }

    fn greeted(directory: PathBuf, claims: Option<u32>) -> Result<u32, String> {
        let place = Place { directory, port: 7 };
        super::greet(&Claims(claims), &place, Duration::ZERO).map(|(_, pid)| pid)
    }

    #[test]
    fn only_the_process_that_was_started_counts_as_the_server() {
        let directory = std::env::temp_dir().join(format!("contrait-greet-{}", std::process::id()));
        std::fs::create_dir(&directory).unwrap();
        assert!(
            greeted(directory.clone(), Some(42)).is_err(),
            "nobody was started yet"
        );
        std::fs::write(directory.join("pid"), "42\n").unwrap();
        let stranger = "process 43 answers on port 7 instead".to_owned();
        assert_eq!(greeted(directory.clone(), Some(42)), Ok(42));
        assert_eq!(greeted(directory.clone(), Some(43)), Err(stranger));
        assert_eq!(
            greeted(directory.clone(), None),
            Ok(42),
            "not every server tells"
        );
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
