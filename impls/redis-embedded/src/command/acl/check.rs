//! Whether a user may run a command with its arguments.

use super::log::{self, Reason};
use super::selector::Selector;
use super::user::User;
use crate::command::{Command, Error, access, flag, keys_of, only_decides};
use crate::profile::Profile;
use crate::server::client::Client;
use crate::server::state::State;

/// What is not allowed: the command, or the argument that is a key or a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Denied {
    Command,
    Key(usize),
    Channel(usize),
}

/// Whether the connection's user may run a command; a refusal goes into the log.
pub(crate) fn check(
    state: &mut State,
    client: &Client,
    command: &'static Command,
    args: &[&[u8]],
) -> Result<(), Error> {
    look(state, client, command, args).map_err(|denied| {
        let user = note(state, client, command, args, denied);
        denied.error(state.profile, &user, command)
    })
}

/// The same for a command of a script.
#[cfg(feature = "scripts")]
pub(crate) fn check_in_script(
    state: &mut State,
    client: &Client,
    command: &'static Command,
    args: &[&[u8]],
) -> Result<(), Error> {
    look(state, client, command, args).map_err(|denied| {
        let user = note(state, client, command, args, denied);
        denied.in_script(state.profile, &user, command)
    })
}

/// The same when a transaction runs what was queued before.
pub(crate) fn check_again(
    state: &mut State,
    client: &Client,
    command: &'static Command,
    args: &[&[u8]],
) -> Result<(), Error> {
    look(state, client, command, args).map_err(|denied| {
        note(state, client, command, args, denied);
        let reason = match denied {
            Denied::Command => "no permission to execute the command or subcommand",
            Denied::Key(_) => "no permission to touch the specified keys",
            Denied::Channel(_) => "no permission to access one of the channels used as arguments",
        };
        let head = "NOPERM ACLs rules changed between the moment the transaction was accumulated \
                    and the EXEC call. This command is no longer allowed for the following reason:";
        format!("{head} {reason}").into()
    })
}

/// Logs a refusal, and tells whom it concerns.
fn note(
    state: &mut State,
    client: &Client,
    command: &Command,
    args: &[&[u8]],
    denied: Denied,
) -> String {
    let (reason, object) = match denied {
        Denied::Command => (Reason::Command, command.name.as_bytes()),
        Denied::Key(at) => (Reason::Key, args[at]),
        Denied::Channel(at) => (Reason::Channel, args[at]),
    };
    let user = client.user.clone().unwrap_or_default();
    log::note(state, client, reason, object, &user);
    user
}

/// The same without a word to anybody.
pub(crate) fn look(
    state: &State,
    client: &Client,
    command: &'static Command,
    args: &[&[u8]],
) -> Result<(), Denied> {
    if !state.acl.restricted || command.has(flag::NO_AUTH) {
        return Ok(());
    }
    match client
        .user
        .as_ref()
        .and_then(|name| state.acl.users.get(name))
    {
        Some(user) => user.may(command, args),
        None => Err(Denied::Command),
    }
}

/// Whether the connection's user may run a command and read every key besides.
pub(crate) fn reads_everything(
    state: &State,
    client: &Client,
    command: &'static Command,
    args: &[&[u8]],
) -> bool {
    let name = client.user.as_ref().filter(|_| state.acl.restricted);
    let user = name.and_then(|name| state.acl.users.get(name));
    user.is_none_or(|user| {
        user.all_selectors()
            .any(|selector| selector.may(command, args).is_ok() && selector.reads_everything())
    })
}

impl User {
    /// Whether one of its selectors allows a command; the error is the furthest that one came.
    pub(super) fn may(&self, command: &'static Command, args: &[&[u8]]) -> Result<(), Denied> {
        let mut furthest = Denied::Command;
        for selector in self.all_selectors() {
            match selector.may(command, args) {
                Ok(()) => return Ok(()),
                Err(denied) => furthest = furthest.max(denied),
            }
        }
        Err(furthest)
    }
}

impl User {
    /// Whether one of its selectors allows a channel, or a pattern of channels.
    pub(super) fn may_listen(&self, channel: &[u8], is_pattern: bool) -> bool {
        let mut selectors = self.all_selectors();
        selectors.any(|selector| selector.allows_channel(channel, is_pattern))
    }
}

impl Selector {
    fn may(&self, command: &'static Command, args: &[&[u8]]) -> Result<(), Denied> {
        if !command.has(flag::NO_AUTH) && !self.allows(command, args) {
            return Err(Denied::Command);
        }
        // Redis takes the one key of a PFMERGE without sources for a syntax error, and lets it pass.
        let unclear = command.name == "pfmerge" && args.len() == 2;
        if !self.all_keys && !only_decides(command) && !unclear {
            let keys = keys_of(command, args).unwrap_or_default();
            for (index, at) in keys.into_iter().enumerate() {
                let needed = access::reads_and_writes(command, args, index);
                if !self.allows_key(args[at], needed) {
                    return Err(Denied::Key(at));
                }
            }
        }
        let (count, patterns) = channels(command, args);
        for (at, channel) in args.iter().enumerate().skip(1).take(count) {
            if !self.allows_channel(channel, patterns) {
                return Err(Denied::Channel(at));
            }
        }
        Ok(())
    }
}

/// How many of the arguments are channels, and whether they are patterns.
fn channels(command: &Command, args: &[&[u8]]) -> (usize, bool) {
    match command.name {
        "subscribe" | "ssubscribe" => (args.len() - 1, false),
        "psubscribe" => (args.len() - 1, true),
        "publish" | "spublish" => (1, false),
        _ => (0, false),
    }
}

impl Denied {
    fn error(self, profile: Profile, user: &str, command: &Command) -> Error {
        let old = profile == Profile::Redis7_0;
        let what = match self {
            Denied::Command => {
                let user = if old {
                    "this user".into()
                } else {
                    format!("User {user}")
                };
                let name = command.name;
                return format!("NOPERM {user} has no permissions to run the '{name}' command")
                    .into();
            }
            Denied::Key(_) => "key",
            Denied::Channel(_) => "channel",
        };
        let text = if old {
            format!(
                "NOPERM this user has no permissions to access one of the {what}s used as arguments"
            )
        } else {
            format!("NOPERM No permissions to access a {what}")
        };
        text.into()
    }

    /// What ACL DRYRUN says.
    pub(super) fn text(
        self,
        profile: Profile,
        user: &str,
        command: &Command,
        args: &[&[u8]],
    ) -> String {
        let user = match profile {
            Profile::Redis7_0 => "This user".into(),
            _ => format!("User {user}"),
        };
        let named = |at: usize| String::from_utf8_lossy(args.get(at).copied().unwrap_or_default());
        match self {
            Denied::Command => {
                format!(
                    "{user} has no permissions to run the '{}' command",
                    command.name
                )
            }
            Denied::Key(at) => {
                format!(
                    "{user} has no permissions to access the '{}' key",
                    named(at)
                )
            }
            Denied::Channel(at) => {
                format!(
                    "{user} has no permissions to access the '{}' channel",
                    named(at)
                )
            }
        }
    }

    /// What a script is told.
    #[cfg(feature = "scripts")]
    fn in_script(self, profile: Profile, user: &str, command: &Command) -> Error {
        if profile != Profile::Redis7_0 {
            let error = self.error(profile, user, command);
            let text = error.bytes().strip_prefix(b"NOPERM ").unwrap_or_default();
            return [b"ERR ACL failure in script: ", text].concat().into();
        }
        Error::new(match self {
            Denied::Command => {
                "ERR The user executing the script can't run this command or subcommand"
            }
            Denied::Key(_) => {
                "ERR The user executing the script can't access at least one of the keys mentioned \
                 in the command arguments"
            }
            Denied::Channel(_) => {
                "ERR The user executing the script can't publish to the channel mentioned in the \
                 command"
            }
        })
    }
}
