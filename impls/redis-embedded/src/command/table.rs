//! What a line of the command table is, and how a command is found.

use std::sync::OnceLock;

use super::{Cx, Outcome};
use crate::db::Table;
use crate::profile::Profile;

/// A command.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    /// In lower case; a subcommand's has its container and a bar before it.
    pub(crate) name: &'static str,
    /// How many arguments it takes with its name; if negative, at least as many.
    pub(crate) arity: i32,
    pub(crate) flags: u32,
    /// The first and the last argument that is a key, and the step between keys; negative ones
    /// count from the end.
    pub(crate) keys: (i32, i32, i32),
    /// Its categories for ACL, as far as its flags do not say them.
    pub(crate) categories: &'static str,
    pub(crate) run: fn(&mut Cx<'_>) -> Outcome,
    /// Its place among [all](Command::all), which is not known before all are put together.
    pub(crate) index: usize,
}

/// The flags COMMAND knows.
pub(crate) mod flag {
    pub(crate) const WRITE: u32 = 1;
    pub(crate) const READONLY: u32 = 1 << 1;
    pub(crate) const DENYOOM: u32 = 1 << 2;
    pub(crate) const ADMIN: u32 = 1 << 3;
    pub(crate) const PUBSUB: u32 = 1 << 4;
    pub(crate) const NOSCRIPT: u32 = 1 << 5;
    pub(crate) const BLOCKING: u32 = 1 << 6;
    pub(crate) const LOADING: u32 = 1 << 7;
    pub(crate) const STALE: u32 = 1 << 8;
    pub(crate) const SKIP_MONITOR: u32 = 1 << 9;
    pub(crate) const SKIP_SLOWLOG: u32 = 1 << 10;
    pub(crate) const ASKING: u32 = 1 << 11;
    pub(crate) const FAST: u32 = 1 << 12;
    pub(crate) const NO_AUTH: u32 = 1 << 13;
    pub(crate) const MAY_REPLICATE: u32 = 1 << 14;
    pub(crate) const NO_MULTI: u32 = 1 << 15;
    pub(crate) const MOVABLEKEYS: u32 = 1 << 16;
    pub(crate) const ALLOW_BUSY: u32 = 1 << 17;
    pub(crate) const NO_ASYNC_LOADING: u32 = 1 << 18;
    pub(crate) const NO_MANDATORY_KEYS: u32 = 1 << 19;
    /// The command has subcommands, and does nothing itself.
    pub(crate) const CONTAINER: u32 = 1 << 20;

    /// It is not allowed, whoever asks.
    pub(crate) const PROTECTED: u32 = 1 << 22;

    /// Redis 7.0 does not have it.
    pub(crate) const NEWER: u32 = 1 << 21;

    /// It reads keys beside those that it writes.
    pub(crate) const SOURCES: u32 = 1 << 23;

    /// The names of the flags COMMAND shows, in its order.
    pub(crate) const NAMES: [(u32, &str); 20] = [
        (WRITE, "write"),
        (READONLY, "readonly"),
        (DENYOOM, "denyoom"),
        (ADMIN, "admin"),
        (PUBSUB, "pubsub"),
        (NOSCRIPT, "noscript"),
        (BLOCKING, "blocking"),
        (LOADING, "loading"),
        (STALE, "stale"),
        (SKIP_MONITOR, "skip_monitor"),
        (SKIP_SLOWLOG, "skip_slowlog"),
        (ASKING, "asking"),
        (FAST, "fast"),
        (NO_AUTH, "no_auth"),
        (MAY_REPLICATE, "may_replicate"),
        (NO_MANDATORY_KEYS, "no_mandatory_keys"),
        (NO_ASYNC_LOADING, "no_async_loading"),
        (NO_MULTI, "no_multi"),
        (MOVABLEKEYS, "movablekeys"),
        (ALLOW_BUSY, "allow_busy"),
    ];
}

/// Makes the table of a family: one line a command.
macro_rules! commands {
    ($($name:literal $arity:literal [$($flag:ident)*] $keys:tt $categories:literal => $run:path;)*) => {
        pub(super) const TABLE: &[$crate::command::Command] = &[$($crate::command::Command {
            name: $name,
            arity: $arity,
            flags: 0 $(| $crate::command::flag::$flag)*,
            keys: $keys,
            categories: $categories,
            run: $run,
            index: 0,
        }),*];
    };
}
pub(super) use commands;

/// The tables of all families.
const FAMILIES: &[&[Command]] = &[
    super::acl::TABLE,
    super::cluster::TABLE,
    super::bitmaps::TABLE,
    super::connection::TABLE,
    super::dump::TABLE,
    #[cfg(feature = "scripts")]
    super::functions::TABLE,
    super::geo::TABLE,
    super::hash_expiry::TABLE,
    super::hashes::TABLE,
    super::hyperloglog::TABLE,
    super::info::TABLE,
    super::introspection::TABLE,
    super::keys::TABLE,
    super::latency::TABLE,
    super::lists::TABLE,
    super::monitor::TABLE,
    super::newer::TABLE,
    super::pubsub::TABLE,
    super::replication::TABLE,
    #[cfg(feature = "scripts")]
    super::scripts::TABLE,
    super::server::TABLE,
    super::sets::TABLE,
    super::slowlog::TABLE,
    super::sort::TABLE,
    super::sorted_sets::TABLE,
    super::streams::TABLE,
    super::strings::TABLE,
    super::tracking::TABLE,
    super::transactions::TABLE,
];

/// Whether so many arguments agree with an arity.
pub(crate) fn fits(arity: i32, arguments: usize) -> bool {
    let arguments = i32::try_from(arguments).unwrap_or(i32::MAX);
    if arity >= 0 {
        arguments == arity
    } else {
        arguments >= -arity
    }
}

impl Command {
    pub(crate) fn has(&self, flags: u32) -> bool {
        self.flags & flags != 0
    }

    /// The flags that it has in a profile.
    pub(crate) fn flags_in(&self, profile: Profile) -> u32 {
        super::later_flags::of(self, profile)
    }

    /// Whether a request has as many arguments as the command takes.
    pub(crate) fn takes(&self, arguments: usize) -> bool {
        fits(self.arity, arguments)
    }

    /// The name of the container, for a subcommand.
    pub(crate) fn container(&self) -> Option<&'static str> {
        self.name.split_once('|').map(|(container, _)| container)
    }

    /// All commands and subcommands, in the order of their names.
    pub(crate) fn all() -> impl Iterator<Item = &'static Command> {
        static SORTED: OnceLock<Vec<Command>> = OnceLock::new();
        let sorted = SORTED.get_or_init(|| {
            let mut all: Vec<Command> = FAMILIES.iter().copied().flatten().cloned().collect();
            all.sort_by_key(|command| command.name);
            let indices = all.iter_mut().enumerate();
            indices.for_each(|(index, command)| command.index = index);
            all
        });
        sorted.iter()
    }

    /// The command of a full name in any case.
    pub(crate) fn named(name: &[u8]) -> Option<&'static Command> {
        static BY_NAME: OnceLock<Table<&'static [u8], &'static Command>> = OnceLock::new();
        let by_name = BY_NAME.get_or_init(|| {
            Command::all()
                .map(|command| (command.name.as_bytes(), command))
                .collect()
        });
        // On the stack, since this is done for every request.
        let mut lower = [0u8; 48];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name);
        lower.make_ascii_lowercase();
        by_name.get(&*lower).copied()
    }

    /// The command that the first word of a request names, which is no subcommand.
    pub(crate) fn of_request(name: &[u8]) -> Option<&'static Command> {
        Command::named(name).filter(|_| !name.contains(&b'|'))
    }

    /// The subcommand of a container.
    pub(crate) fn subcommand(&self, name: &[u8]) -> Option<&'static Command> {
        Command::named(&[self.name.as_bytes(), b"|", name].concat())
    }

    /// The subcommands of a container.
    pub(crate) fn subcommands(&'static self) -> impl Iterator<Item = &'static Command> {
        Command::all().filter(|command| command.container() == Some(self.name))
    }
}
