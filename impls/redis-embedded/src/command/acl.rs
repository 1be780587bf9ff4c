//! Users: who may run which command.

use std::collections::BTreeMap;

use super::server::container;
use super::table::commands;
use super::{Command, Cx, Error, Outcome, flag};
use crate::server::client::Client;
use crate::server::state::State;

commands! {
    "acl" -2 [CONTAINER] (0, 0, 0) "" => container;
    "acl|whoami" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "" => acl_whoami;
    "acl|users" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => acl_users;
}

/// The users of a server.
#[derive(Debug)]
pub(crate) struct Acl {
    pub(crate) users: BTreeMap<String, User>,
}

/// A user.
#[derive(Debug, Clone, Default)]
pub(crate) struct User {
    pub(crate) enabled: bool,
    pub(crate) no_password: bool,
    pub(crate) passwords: Vec<Vec<u8>>,
}

impl Acl {
    /// The default user, with a password unless that is empty.
    pub(crate) fn new(password: &str) -> Acl {
        let mut acl = Acl {
            users: BTreeMap::new(),
        };
        acl.users.insert(
            "default".into(),
            User {
                enabled: true,
                ..User::default()
            },
        );
        acl.set_default_password(password);
        acl
    }

    /// What CONFIG SET requirepass does.
    pub(crate) fn set_default_password(&mut self, password: &str) {
        if let Some(user) = self.users.get_mut("default") {
            user.no_password = password.is_empty();
            user.passwords.clear();
            if !password.is_empty() {
                user.passwords.push(password.as_bytes().to_vec());
            }
        }
    }

    /// Whether the default user may be used by whoever connects.
    pub(crate) fn needs_no_password(&self) -> bool {
        self.users
            .get("default")
            .is_some_and(|user| user.no_password && user.enabled)
    }

    /// Whether a user exists and has that password.
    pub(crate) fn authenticates(&self, name: &[u8], password: &[u8]) -> bool {
        let user = std::str::from_utf8(name)
            .ok()
            .and_then(|name| self.users.get(name));
        user.is_some_and(|user| {
            user.enabled
                && (user.no_password || user.passwords.iter().any(|known| known == password))
        })
    }
}

/// Whether the connection's user may run a command with these arguments.
#[expect(
    clippy::unnecessary_wraps,
    reason = "users without all permissions are refused here"
)]
pub(super) fn check(_: &State, _: &Client, _: &Command, _: &[&[u8]]) -> Result<(), Error> {
    Ok(())
}

fn acl_whoami(cx: &mut Cx<'_>) -> Outcome {
    cx.out.text(cx.client.user.as_deref().unwrap_or_default());
    Ok(())
}

fn acl_users(cx: &mut Cx<'_>) -> Outcome {
    cx.out.bulks(cx.state.acl.users.keys());
    Ok(())
}

/// The categories of a command, in the order in which Redis lists them.
pub(super) fn categories_of(command: &Command) -> Vec<&'static str> {
    let implied = |name: &str| match name {
        "read" => command.has(flag::READONLY) && !command.categories.contains("scripting"),
        "write" => command.has(flag::WRITE),
        "pubsub" => command.has(flag::PUBSUB),
        "admin" | "dangerous" => command.has(flag::ADMIN),
        "fast" => command.has(flag::FAST),
        "slow" => !command.has(flag::FAST),
        "blocking" => command.has(flag::BLOCKING),
        _ => false,
    };
    let has = |name: &str| command.categories.split(' ').any(|own| own == name);
    CATEGORIES
        .into_iter()
        .filter(|name| implied(name) || has(name))
        .collect()
}

/// All categories.
pub(super) const CATEGORIES: [&str; 21] = [
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

/// The group COMMAND DOCS puts a command into.
pub(super) fn group_of(command: &Command) -> &'static str {
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
