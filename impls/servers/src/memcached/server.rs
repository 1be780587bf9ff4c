//! How a memcached is started: on loopback, and with room for values of a mebibyte.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{address_of, greeting};
use crate::local::{Greeting, Place, Server};

/// By default the largest item has a mebibyte with its key, so that the value has less.
const LARGEST_ITEM: &str = "2m";

/// A `memcached` binary.
pub(super) struct MemcachedServer {
    program: PathBuf,
}

impl MemcachedServer {
    pub(super) fn new(program: PathBuf) -> Self {
        Self { program }
    }
}

impl Server for MemcachedServer {
    fn kind(&self) -> &'static str {
        "memcached"
    }

    fn program(&self) -> &Path {
        &self.program
    }

    fn arguments(&self, place: &Place) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = ["-l", "127.0.0.1", "-U", "0", "-I", LARGEST_ITEM]
            .map(Into::into)
            .into();
        // It does not start as root without being told so.
        if rustix::process::geteuid().is_root() {
            arguments.extend(["-u", "root"].map(Into::into));
        }
        arguments.extend(["-p".into(), place.port.to_string().into()]);
        arguments
    }

    fn greet(&self, place: &Place, within: Duration) -> Result<Greeting, String> {
        greeting::of_memcached(&address_of(place), within)
    }

    fn port_was_taken(&self, log: &str) -> bool {
        log.contains("Address already in use")
    }
}
