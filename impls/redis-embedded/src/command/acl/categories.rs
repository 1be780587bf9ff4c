//! Categories of commands, by which users are allowed whole groups of them.

use crate::command::{Command, flag};
use crate::profile::Profile;

/// The categories of a command, in the order in which Redis lists them.
pub(crate) fn categories_of(command: &Command, profile: Profile) -> Vec<&'static str> {
    let flags = command.flags_in(profile);
    let implied = |name: &str| match name {
        "read" => command.has(flag::READONLY) && !command.categories.contains("scripting"),
        "write" => command.has(flag::WRITE),
        "pubsub" => command.has(flag::PUBSUB),
        "admin" | "dangerous" => command.has(flag::ADMIN),
        "fast" => command.has(flag::FAST),
        "slow" => !command.has(flag::FAST),
        "blocking" => flags & flag::BLOCKING != 0,
        _ => false,
    };
    let has = |name: &str| command.categories.split(' ').any(|own| own == name);
    CATEGORIES
        .into_iter()
        .filter(|name| implied(name) || has(name))
        .collect()
}

/// All categories.
pub(crate) const CATEGORIES: [&str; 21] = [
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

/// The group COMMAND DOCS puts a command into, which that of its container is for a subcommand.
pub(crate) fn group_of(command: &Command) -> &'static str {
    match command.container().unwrap_or(command.name) {
        "asking" | "cluster" | "clusterscan" | "readonly" | "readwrite" => return "cluster",
        "client" => return "connection",
        "command" | "dbsize" | "flushall" | "flushdb" | "restore-asking" | "swapdb" => {
            return "server";
        }
        "function" | "script" => return "scripting",
        "object" | "sort" | "sort_ro" | "wait" | "waitaof" => return "generic",
        "pubsub" => return "pubsub",
        "xgroup" | "xinfo" => return "stream",
        _ => {}
    }
    let groups = command
        .categories
        .split(' ')
        .find(|name| !matches!(*name, "dangerous" | "admin"));
    match groups.unwrap_or_default() {
        "keyspace" => "generic",
        "sortedset" => "sorted-set",
        "transaction" => "transactions",
        "" if command.has(flag::PUBSUB) => "pubsub",
        "" => "server",
        group => group,
    }
}
