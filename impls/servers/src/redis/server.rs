//! How a Redis is started: empty, on loopback, and without anything that outlasts it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{address_of, greeting};
use crate::local::{Greeting, Place, Server};

/// A `redis-server` or `valkey-server` binary.
#[derive(Clone)]
pub(super) struct RedisServer {
    program: PathBuf,
    password: Option<String>,
}

impl RedisServer {
    pub(super) fn new(program: PathBuf) -> Self {
        Self {
            program,
            password: None,
        }
    }

    /// Asks its clients for this password.
    pub(super) fn with_password(self, password: &str) -> Self {
        Self {
            password: Some(password.to_owned()),
            ..self
        }
    }

    pub(super) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    pub(super) fn program_path(&self) -> &Path {
        &self.program
    }
}

impl Server for RedisServer {
    fn kind(&self) -> &'static str {
        "redis"
    }

    fn program(&self) -> &Path {
        &self.program
    }

    fn arguments(&self, place: &Place) -> Vec<OsString> {
        let mut arguments: Vec<OsString> =
            ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
                .map(Into::into)
                .into();
        arguments.extend(["--port".into(), place.port.to_string().into()]);
        arguments.extend(["--dir".into(), place.directory.clone().into()]);
        if let Some(password) = &self.password {
            arguments.extend(["--requirepass", password].map(Into::into));
        }
        if let Some(socket) = socket(place) {
            arguments.extend(["--unixsocket".into(), socket.into()]);
            arguments.extend(["--unixsocketperm", "700"].map(Into::into));
        }
        arguments
    }

    fn greet(&self, place: &Place, within: Duration) -> Result<Greeting, String> {
        greeting::of_redis(&address_of(place), self.password(), within)
    }

    fn port_was_taken(&self, log: &str) -> bool {
        log.contains("Address already in use")
    }
}

pub(super) fn socket(place: &Place) -> Option<PathBuf> {
    place.socket("redis.sock")
}
