//! The keys that commands look up to read them: INFO counts them, and events tell of those that are not there.

use super::keyspec::{keys_of, only_decides};
use super::{Command, Error, Outcome, flag};
use crate::profile::Profile;
use crate::server::client::Client;
use crate::server::events::Events;
use crate::server::state::State;

/// The keys that a command which writes to others reads, and whether they are there; looked up before it runs.
pub(super) fn sources<'a>(
    state: &mut State,
    client: &Client,
    command: &Command,
    args: &[&'a [u8]],
) -> Vec<(&'a [u8], bool)> {
    if !command.has(flag::SOURCES) {
        return Vec::new();
    }
    let mut keys = keys_of(command, args).unwrap_or_default();
    match command.name {
        "copy" | "sort" | "georadius" | "georadiusbymember" => keys.truncate(1),
        "pfmerge" | "xreadgroup" | "xclaim" | "xautoclaim" => {}
        _ => drop(keys.drain(..1.min(keys.len()))),
    }
    let keys = keys.into_iter().map(|at| args[at]);
    keys.map(|key| (key, state.dbs[client.db].contains(key)))
        .collect()
}

/// Counts the keys that a command has read: its sources, and all of one that only reads. GET and its like count for
/// themselves. An error says that none was looked up, unless it is about one.
pub(super) fn count(
    state: &mut State,
    client: &mut Client,
    (command, args): (&Command, &[&[u8]]),
    sources: &[(&[u8], bool)],
    outcome: &Outcome,
) {
    let is_about_a_key = |error: &Error| {
        *error == Error::NO_SUCH_KEY
            || *error == Error::WRONG_TYPE
            || error.bytes().starts_with(b"NOGROUP")
    };
    if outcome.as_ref().is_err_and(|error| !is_about_a_key(error)) {
        return;
    }
    for (key, found) in sources {
        note(state, client, key, *found);
    }
    let look = look(command, state.profile);
    if look == Look::Unseen {
        return;
    }
    for at in keys_of(command, args).unwrap_or_default() {
        let found = state.dbs[client.db].contains(args[at]);
        match look {
            Look::Told => note(state, client, args[at], found),
            _ => tally(state, found),
        }
    }
}

/// Counts a key that was read, and tells of one that is not there.
pub(super) fn note(state: &mut State, client: &mut Client, key: &[u8], found: bool) {
    tally(state, found);
    if !found {
        state.notify(client.db, Events::MISS, "keymiss", key, Some(client));
    }
}

fn tally(state: &mut State, found: bool) {
    state.stats.hits += u64::from(found);
    state.stats.misses += u64::from(!found);
}

/// How a command that only reads looks at its keys.
#[derive(Debug, PartialEq, Eq)]
enum Look {
    Told,
    /// Counted, and not told of.
    Counted,
    /// From aside, or by what it runs, or counted where it is done.
    Unseen,
}

fn look(command: &Command, profile: Profile) -> Look {
    match command.name {
        // It may write the times of fields, but looks as if it read only.
        "hgetex" if profile == Profile::Valkey9_1 => Look::Told,
        _ if !command.has(flag::READONLY) || only_decides(command) => Look::Unseen,
        "get" | "memory|usage" | "eval_ro" | "evalsha_ro" | "fcall_ro" => Look::Unseen,
        name if name.starts_with("object|") => Look::Counted,
        _ => Look::Told,
    }
}
