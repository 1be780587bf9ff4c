//! The agreement of all processes of a run on one server.
//!
//! Whoever finds a server of its run that answers joins it. Otherwise the holder of a file lock starts one, while the
//! others keep looking for it. The lock dies with its holder, so a starter that crashes is followed by the next.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::directory::Base;
use super::membership::{self, Membership};
use super::running::{self, Port, Running};
use super::{Greeting, Place, Run, Server};
use crate::ServerError;

/// Longer than the longest start of another process.
const WAIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(3);
/// Longer than for a server that may be absent: this one was there, and may only be busy.
const GREETING: Duration = Duration::from_secs(2);
const ENDPOINT: &str = "endpoint";

/// This process' hold on a server that others use as well.
#[derive(Debug)]
pub(crate) struct Hold {
    pub(crate) place: Place,
    pub(crate) greeting: Greeting,
    _tie: Tie,
}

#[derive(Debug)]
#[expect(dead_code, reason = "both are held for what ends with them")]
enum Tie {
    Started(Box<Running>),
    Joined(Membership),
}

impl Hold {
    /// Whether the server is still there.
    pub(crate) fn still_answers(&self, server: &dyn Server) -> bool {
        running::greet(server, &self.place, GREETING).is_ok()
    }
}

/// Joins the server that `run` shares, or starts it; it stays on for `linger`, in whole seconds, after its last user.
pub(crate) fn join_or_start(
    server: &dyn Server,
    base: &Base,
    run: &Run,
    linger: Duration,
) -> Result<Hold, ServerError> {
    let prefix = run.prefix(server);
    let deadline = Instant::now() + WAIT;
    loop {
        if let Some(hold) = join(server, base, &prefix)? {
            return Ok(hold);
        }
        if let Some(_lock) = base.try_lock(server.kind())? {
            // Another process may have started it since, and let the lock go.
            return match join(server, base, &prefix)? {
                Some(hold) => Ok(hold),
                None => start(server, base, &prefix, linger),
            };
        }
        if Instant::now() > deadline {
            return Err(waited_in_vain(server));
        }
        thread::sleep(PAUSE);
    }
}

fn start(
    server: &dyn Server,
    base: &Base,
    prefix: &str,
    linger: Duration,
) -> Result<Hold, ServerError> {
    base.sweep(server.kind());
    let running = Running::start(server, base, prefix, Port::Free, linger)?;
    publish(&running.place)?;
    Ok(Hold {
        place: running.place.clone(),
        greeting: running.greeting.clone(),
        _tie: Tie::Started(Box::new(running)),
    })
}

/// Tells the others where the server is, in one step: half an endpoint would be another endpoint.
fn publish(place: &Place) -> Result<(), ServerError> {
    let path = place.directory.join(ENDPOINT);
    let draft = path.with_extension("new");
    fs::write(&draft, place.port.to_string())
        .and_then(|()| fs::rename(&draft, &path))
        .map_err(ServerError::files("write", path))
}

/// Joins the first server under `prefix` that answers.
fn join(server: &dyn Server, base: &Base, prefix: &str) -> Result<Option<Hold>, ServerError> {
    let found = base.list(prefix)?;
    Ok(found
        .into_iter()
        .find_map(|directory| join_in(server, directory)))
}

/// Joins the server in `directory`. It is held before it is asked, so that it cannot end in between. Whatever fails here
/// means that this is not a server to use, and another one will be.
fn join_in(server: &dyn Server, directory: PathBuf) -> Option<Hold> {
    let membership = membership::join(&directory).ok().flatten()?;
    let port = fs::read_to_string(directory.join(ENDPOINT))
        .ok()?
        .parse()
        .ok()?;
    let place = Place { directory, port };
    let (greeting, _) = running::greet(server, &place, GREETING).ok()?;
    Some(Hold {
        place,
        greeting,
        _tie: Tie::Joined(membership),
    })
}

fn waited_in_vain(server: &dyn Server) -> ServerError {
    let problem = format!(
        "another process has been starting it for {} s",
        WAIT.as_secs()
    );
    ServerError::files("start", server.program())(io::Error::other(problem))
}
