//! The commands: a table of them, what each is given, and how one is run.
//!
//! A command is a function and a line in the table of its family's file. The line has what Redis
//! publishes about the command, which the checks before it runs go by.

mod access;
pub(crate) mod acl;
mod args;
mod bitmaps;
mod client_filters;
mod cluster;
mod connection;
mod context;
mod dispatch;
mod docs;
mod dump;
mod error;
#[cfg(feature = "scripts")]
pub(crate) mod functions;
mod geo;
mod hash_expiry;
mod hashes;
mod hints;
mod hyperloglog;
mod info;
mod introspection;
mod keys;
mod keyspec;
mod latency;
mod later_flags;
mod lists;
mod lookups;
mod monitor;
mod newer;
pub(crate) mod pubsub;
mod replication;
#[cfg(feature = "scripts")]
pub(crate) mod scripts;
mod server;
mod sets;
#[cfg(feature = "scripts")]
mod sha1;
pub(crate) mod slowlog;
mod sort;
mod sorted_sets;
mod streams;
mod strings;
mod table;
pub(crate) mod tracking;
mod transactions;

pub(crate) use context::{Cx, Mode};
pub(crate) use dispatch::{find, resume, run, run_inside, serve_ready};
pub(crate) use error::{Error, Outcome};
pub(crate) use keyspec::{keys_of, only_decides};
pub(crate) use table::{Command, fits, flag};

/// The commands that are there, as Markdown: a row a group.
pub(crate) fn markdown() -> String {
    let top = Command::all().filter(|command| command.container().is_none());
    let mut groups: std::collections::BTreeMap<&str, Vec<&Command>> = Default::default();
    let mut count = 0;
    for command in top {
        groups
            .entry(docs::group_of(command))
            .or_default()
            .push(command);
        count += 1;
    }
    let mut text = format!(
        "# Commands\n\n{count} commands, by the groups of Redis' own documentation. \
         Printed by `cargo run -p redis-embedded --example commands`.\n\n| group | commands |\n| --- | --- |\n"
    );
    for (group, commands) in groups {
        let names: Vec<String> = commands.iter().map(|command| row(command)).collect();
        text.push_str(&format!("| {group} | {} |\n", names.join(", ")));
    }
    text
}

/// A command's name, with its subcommands.
fn row(command: &'static Command) -> String {
    let name = command.name.to_ascii_uppercase();
    let children: Vec<String> = command
        .subcommands()
        .filter_map(|child| child.name.split_once('|'))
        .map(|(_, child)| child.to_ascii_uppercase())
        .collect();
    if children.is_empty() {
        name
    } else {
        format!("{name} ({})", children.join(", "))
    }
}
