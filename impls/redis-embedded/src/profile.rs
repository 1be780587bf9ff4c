//! Which server this one passes for.

use crate::command::{Command, fits, flag};
use crate::db::{Entry, Form, Set, Value};
use crate::rdb;

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
    ("client|import-source", &[Valkey9_1]),
    ("clusterscan", &[Valkey9_1]),
    ("cluster|cancelslotmigrations", &[Valkey9_1]),
    ("cluster|flushslot", &[Valkey9_1]),
    ("cluster|getslotmigrations", &[Valkey9_1]),
    ("cluster|migrateslots", &[Valkey9_1]),
    ("cluster|slot-stats", &[Redis8_2, Valkey8_1, Valkey9_1]),
    ("cluster|syncslots", &[Valkey9_1]),
    ("commandlog", &[Valkey8_1, Valkey9_1]),
    ("commandlog|get", &[Valkey8_1, Valkey9_1]),
    ("commandlog|help", &[Valkey8_1, Valkey9_1]),
    ("commandlog|len", &[Valkey8_1, Valkey9_1]),
    ("commandlog|reset", &[Valkey8_1, Valkey9_1]),
    ("msetex", &[Valkey9_1]),
    ("script|show", &[Valkey8_1, Valkey9_1]),
    ("xackdel", &[Redis8_2]),
    ("xdelex", &[Redis8_2]),
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

    /// Whether it came after Redis 7.0.
    pub(crate) fn is_later(self) -> bool {
        self != Profile::Redis7_0
    }

    /// Whether a command may not be queued in a transaction.
    pub(crate) fn bars_from_multi(self, command: &Command) -> bool {
        command.flags_in(self) & flag::NO_MULTI != 0
    }

    /// Whether a script may not call a command. In later versions it may call those that block, which they do not do
    /// there.
    #[cfg(feature = "scripts")]
    pub(crate) fn bars_from_scripts(self, command: &Command) -> bool {
        command.flags_in(self) & flag::NOSCRIPT != 0
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
            "cluster|replicate" if self == Valkey9_1 => -3,
            _ => command.arity,
        }
    }

    /// Whether a command takes so many arguments.
    pub(crate) fn takes(self, command: &Command, arguments: usize) -> bool {
        fits(self.arity(command), arguments)
    }

    /// The encoding of a value: since 7.2, small lists and sets are kept as hashes are.
    pub(crate) fn encoding(self, key: &[u8], entry: &Entry) -> &'static str {
        match &entry.value {
            value if self == Profile::Redis7_0 => value.encoding(),
            Value::Hash(hash) if hash.compact && hash.is_timed() && self == Redis8_2 => {
                "listpackex"
            }
            Value::List(list) if rdb::fits_listpack(list) => "listpack",
            Value::Set(Set::Members { compact: true, .. }) => "listpack",
            Value::Str(text) if text.form != Form::Raw && text.encoding() != "int" => {
                if self.embeds(key.len(), text.bytes.len(), entry.expires.is_some()) {
                    "embstr"
                } else {
                    "raw"
                }
            }
            other => other.encoding(),
        }
    }

    /// Whether a string has room beside its key and its time in one block of memory.
    fn embeds(self, key: usize, text: usize, expires: bool) -> bool {
        let (block, head) = match self {
            Redis8_2 => (64, 17),
            Valkey9_1 => (128, 9),
            Profile::Redis7_0 | Valkey8_1 => return text <= 44,
        };
        let key = key + if key < 32 { 2 } else { 4 };
        head + key + 4 + text + if expires { 8 } else { 0 } <= block
    }
}
