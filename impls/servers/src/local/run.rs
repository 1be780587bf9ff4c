//! Which run of tests this process belongs to.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use super::{Place, Server};
use crate::environment::{self, Environment};

/// What all processes of one run of tests have in common, and no other run has.
#[derive(Debug, Clone, Hash)]
pub(crate) enum Run {
    /// nextest starts a process for each test and gives all of them this id.
    Nextest(String),
    /// `cargo test` is the parent of the test binaries that it runs.
    ChildrenOf(u32),
}

impl Run {
    /// The run that this process belongs to.
    pub(crate) fn current(environment: &dyn Environment) -> Self {
        match environment::value(environment, "NEXTEST_RUN_ID") {
            Some(id) => Self::Nextest(id.to_string_lossy().into_owned()),
            None => Self::ChildrenOf(std::os::unix::process::parent_id()),
        }
    }

    /// What the names of all directories begin with in which this run may have a server like `server`.
    pub(super) fn prefix(&self, server: &dyn Server) -> String {
        let nowhere = Place {
            directory: PathBuf::new(),
            port: 0,
        };
        let key = self.key(&(server.program(), server.arguments(&nowhere)));
        format!("{}-{key:016x}-", server.kind())
    }

    /// What this run, and no other one, calls `what`.
    pub(crate) fn key(&self, what: &impl Hash) -> u64 {
        // The hash is stable within a toolchain, and one run has one toolchain.
        let mut key = DefaultHasher::new();
        self.hash(&mut key);
        what.hash(&mut key);
        key.finish()
    }
}
