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
