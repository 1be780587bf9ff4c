//! Hints of COMMAND, by which clients of a cluster know where to send a command and how to put the replies together.

use super::Command;
use crate::profile::Profile;

/// Lines of hints and the commands that they hold for: those that later versions have instead, and behind an empty
/// line those of Redis 7.0.
const TABLE: &str = include_str!("hints.txt");

/// The hints of a command, which few have.
pub(super) fn of(command: &Command, profile: Profile) -> Vec<&'static str> {
    if profile.is_valkey() && matches!(command.name, "httl" | "hpttl") {
        return Vec::new();
    }
    let (later, first) = TABLE.split_once("\n\n").unwrap_or(("", TABLE));
    let instead = profile.is_later().then(|| find(later, command)).flatten();
    let hints = instead.or_else(|| find(first, command));
    hints
        .filter(|hints| *hints != "none")
        .map_or_else(Vec::new, |hints| hints.split(' ').collect())
}

fn find(lines: &'static str, command: &Command) -> Option<&'static str> {
    let mut lines = lines.lines().filter_map(|line| line.split_once(": "));
    let found = lines.find(|(_, names)| names.split(' ').any(|name| name == command.name));
    found.map(|(hints, _)| hints)
}
