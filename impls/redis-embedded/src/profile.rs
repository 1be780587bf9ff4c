//! Which server this one passes for.

use crate::command::{Command, fits, flag};
use crate::db::{Set, Value};

/// A server and its version: what it says of itself, which commands it has, and where it replies
/// in another way than Redis 7.0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Profile {
    /// Redis 7.0.15.
    #[default]
    Redis7_0,
    /// Redis 8.2.3.
    Redis8_2,
    /// Valkey 8.1.8.
    Valkey8_1,
    /// Valkey 9.1.2.
    Valkey9_1,
}

use Profile::{Redis8_2, Valkey8_1, Valkey9_1};

/// The commands that this crate has and Redis 7.0 has not, with the servers that have them.
const NEWER: &[(&str, &[Profile])] = &[
    ("client|capa", &[Valkey8_1, Valkey9_1]),
    ("client|no-touch", &[Redis8_2, Valkey8_1, Valkey9_1]),
    ("client|setinfo", &[Redis8_2, Valkey8_1, Valkey9_1]),
    ("cluster|myshardid", &[Redis8_2, Valkey8_1, Valkey9_1]),
    ("delifeq", &[Valkey9_1]),
    ("hexpire", &[Redis8_2, Valkey9_1]),
    ("hexpireat", &[Redis8_2, Valkey9_1]),
    ("hexpiretime", &[Redis8_2, Valkey9_1]),
    ("hgetdel", &[Redis8_2, Valkey9_1]),
    ("hgetex", &[Redis8_2, Valkey9_1]),
    ("hpersist", &[Redis8_2, Valkey9_1]),
    ("hpexpire", &[Redis8_2, Valkey9_1]),
    ("hpexpireat", &[Redis8_2, Valkey9_1]),
    ("hpexpiretime", &[Redis8_2, Valkey9_1]),
    ("hpttl", &[Redis8_2, Valkey9_1]),
    ("hsetex", &[Redis8_2, Valkey9_1]),
    ("httl", &[Redis8_2, Valkey9_1]),
    ("waitaof", &[Redis8_2, Valkey8_1, Valkey9_1]),
];

impl Profile {
    /// The version of the server's own numbering.
    #[must_use]
    pub fn version(self) -> &'static str {
        match self {
            Profile::Redis7_0 => "7.0.15",
            Redis8_2 => "8.2.3",
            Valkey8_1 => "8.1.8",
            Valkey9_1 => "9.1.2",
        }
    }

    /// Whether it is a Valkey.
    #[must_use]
    pub fn is_valkey(self) -> bool {
        matches!(self, Valkey8_1 | Valkey9_1)
    }

    /// What HELLO calls the server.
    pub(crate) fn server(self) -> &'static str {
        if self.is_valkey() { "valkey" } else { "redis" }
    }

    /// The name of the product in texts.
    pub(crate) fn product(self) -> &'static str {
        if self.is_valkey() { "Valkey" } else { "Redis" }
    }

    /// The version of Redis that it is compatible with, as text and as scripts read it. Valkey keeps
    /// to the last one before it went its own way, since old clients look for that.
    pub(crate) fn compatible(self) -> (&'static str, u32) {
        match self {
            Profile::Redis7_0 => ("7.0.15", 0x0007_000f),
            Redis8_2 => ("8.2.3", 0x0008_0203),
            Valkey8_1 | Valkey9_1 => ("7.2.4", 0x0007_0204),
        }
    }

    /// The newest version of payloads that it reads, and the one that it writes.
    pub(crate) fn rdb_version(self) -> u16 {
        match self {
            Profile::Redis7_0 => 10,
            Redis8_2 => 12,
            Valkey8_1 => 11,
            Valkey9_1 => 80,
        }
    }

    /// The lines of INFO that name the version.
    pub(crate) fn info(self, mode: &str) -> Vec<(&'static str, String)> {
        if self.is_valkey() {
            vec![
                ("redis_version", self.compatible().0.into()),
                ("server_name", "valkey".into()),
                ("valkey_version", self.version().into()),
                ("valkey_release_stage", "ga".into()),
                ("server_mode", mode.into()),
            ]
        } else {
            vec![
                ("redis_version", self.version().into()),
                ("redis_mode", mode.into()),
            ]
        }
    }

    /// Whether the server has a command.
    pub(crate) fn has(self, command: &Command) -> bool {
        !command.has(flag::NEWER)
            || NEWER
                .iter()
                .any(|(name, servers)| *name == command.name && servers.contains(&self))
    }

    /// How many arguments a command takes: some take more in later versions.
    pub(crate) fn arity(self, command: &Command) -> i32 {
        match command.name {
            "zrank" | "zrevrank" | "command|getkeys" | "command|getkeysandflags"
                if self != Profile::Redis7_0 =>
            {
                -3
            }
            "script|debug" if self.is_valkey() => -3,
            _ => command.arity,
        }
    }

    /// Whether a command takes so many arguments.
    pub(crate) fn takes(self, command: &Command, arguments: usize) -> bool {
        fits(self.arity(command), arguments)
    }

    /// The encoding of a value: since 7.2, small lists and sets are kept as hashes are.
    pub(crate) fn encoding(self, value: &Value) -> &'static str {
        const LIST_BYTES: usize = 8 * 1024;
        match value {
            _ if self == Profile::Redis7_0 => value.encoding(),
            Value::Hash(hash) if hash.compact && hash.is_timed() && self == Redis8_2 => {
                "listpackex"
            }
            Value::List(list) if list_size(list.items.iter()) <= LIST_BYTES => "listpack",
            Value::Set(Set::Members(members))
                if members.len() <= 128 && members.iter().all(|member| member.len() <= 64) =>
            {
                "listpack"
            }
            other => other.encoding(),
        }
    }
}

/// About what a listpack of these items takes.
fn list_size<'a>(items: impl Iterator<Item = &'a Vec<u8>>) -> usize {
    items.map(|item| item.len() + 3).sum()
}
