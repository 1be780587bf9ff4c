//! What commands do with their keys: for the key permissions of users, and GETKEYSANDFLAGS.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Command, keyspec};
use crate::profile::Profile;

/// Lines of flags and the commands that they hold for. Behind a slash stand those for the keys
/// behind the first one.
const TABLE: &str = include_str!("access.txt");

/// The flags of the first key, and of all others.
fn flags_of(name: &str) -> Option<(&'static str, &'static str)> {
    static BY_NAME: OnceLock<HashMap<&str, (&str, &str)>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| {
        let lines = TABLE.lines().filter_map(|line| line.split_once(": "));
        let names = lines.flat_map(|(flags, names)| {
            let first = flags.split(" / ").next().unwrap_or(flags);
            let last = flags.rsplit(" / ").next().unwrap_or(flags);
            names.split(' ').map(move |name| (name, (first, last)))
        });
        names.collect()
    });
    by_name.get(name).copied()
}

/// The flags of a key: how it is opened, and what is done with its value.
pub(super) fn of(command: &Command, args: &[&[u8]], key: usize) -> Vec<&'static str> {
    if keyspec::is_vague(command, args) {
        return Vec::new();
    }
    let has = |word: &[u8]| {
        args.iter()
            .skip(3)
            .any(|arg| arg.eq_ignore_ascii_case(word))
    };
    let flags = match command.name {
        "set" if has(b"get") => "RW access update",
        "set" => "OW update",
        "bitfield" => bitfield(args),
        _ => usual(command, key),
    };
    flags.split(' ').collect()
}

/// The flags of a key, whatever the other arguments are.
pub(super) fn usual(command: &Command, key: usize) -> &'static str {
    match flags_of(command.name) {
        Some((first, _)) if key == 0 => first,
        Some((_, others)) => others,
        None => "RW access update",
    }
}

/// The flags of the first key where the server that this one passes for has others.
pub(super) fn in_profile(command: &Command, profile: Profile) -> Option<Vec<&'static str>> {
    match command.name {
        // Redis 7.0 says by mistake that it reads what it replaces.
        "sinterstore" if profile.is_later() => Some(vec!["OW", "update"]),
        "hsetex" if profile == Profile::Redis8_2 => Some(vec!["RW", "update"]),
        _ => None,
    }
}

/// BITFIELD only reads, unless it sets something, or says what Redis does not understand.
fn bitfield(args: &[&[u8]]) -> &'static str {
    let mut rest = args.get(2..).unwrap_or_default();
    while let [word, tail @ ..] = rest {
        let takes = match word.to_ascii_lowercase().as_slice() {
            b"get" => 2,
            b"overflow" => 1,
            _ => return "RW access update",
        };
        let Some(next) = tail.get(takes..) else {
            return "RW access update";
        };
        rest = next;
    }
    "RO access"
}

/// Whether a command reads what a key holds, and whether it changes it.
pub(super) fn reads_and_writes(command: &Command, args: &[&[u8]], key: usize) -> (bool, bool) {
    let flags = of(command, args, key);
    let any = |names: &[&str]| flags.iter().any(|flag| names.contains(flag));
    (any(&["access"]), any(&["insert", "update", "delete"]))
}
