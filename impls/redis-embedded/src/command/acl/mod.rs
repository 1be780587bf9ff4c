//! Users: who may run which command, with which keys and channels.

mod categories;
mod check;
mod describe;
mod log;
mod rules;
mod selector;
mod user;

use std::collections::{BTreeMap, VecDeque};

use super::dispatch::shown;
use super::server::{container, help};
use super::table::commands;
use super::{Command, Cx, Error, Outcome, dispatch};
use crate::profile::Profile;
use crate::server::client::{Client, Ending};
pub(super) use categories::{CATEGORIES, categories_of};
pub(super) use check::{check, check_again, reads_everything};
#[cfg(feature = "scripts")]
pub(super) use check::{check_in_script, look};
pub(super) use log::note_failed;
pub(crate) use user::User;

commands! {
    "acl" -2 [CONTAINER] (0, 0, 0) "" => container;
    "acl|cat" -2 [NOSCRIPT LOADING STALE] (0, 0, 0) "" => cat;
    "acl|deluser" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => deluser;
    "acl|dryrun" -4 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => dryrun;
    "acl|genpass" -2 [NOSCRIPT LOADING STALE] (0, 0, 0) "" => genpass;
    "acl|getuser" 3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => getuser;
    "acl|help" 2 [LOADING STALE] (0, 0, 0) "" => help;
    "acl|list" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => list;
    "acl|load" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => no_file;
    "acl|log" -2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => log::acl_log;
    "acl|save" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => no_file;
    "acl|setuser" -3 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => setuser;
    "acl|users" 2 [ADMIN NOSCRIPT LOADING STALE] (0, 0, 0) "" => users;
    "acl|whoami" 2 [NOSCRIPT LOADING STALE] (0, 0, 0) "" => whoami;
}

/// The users of a server.
#[derive(Debug)]
pub(crate) struct Acl {
    pub(crate) users: BTreeMap<String, User>,
    /// Whether there is a user to whom anything is forbidden: otherwise nobody needs to look.
    restricted: bool,
    profile: Profile,
    log: VecDeque<log::Refusal>,
    next_refusal: i64,
}

impl Acl {
    /// The default user, with a password unless that is empty.
    pub(crate) fn new(password: &str, profile: Profile) -> Acl {
        let mut acl = Acl {
            users: BTreeMap::new(),
            restricted: false,
            profile,
            log: VecDeque::new(),
            next_refusal: 0,
        };
        acl.users
            .insert("default".into(), User::default_user(profile));
        acl.set_default_password(password);
        acl
    }

    /// What CONFIG SET requirepass does.
    pub(crate) fn set_default_password(&mut self, password: &str) {
        if let Some(user) = self.users.get_mut("default") {
            user.set_only_password(password.as_bytes());
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
        user.is_some_and(|user| user.accepts(password))
    }

    /// Makes a user, or changes one, by all of the rules or by none; the error is what ACL SETUSER
    /// says.
    pub(crate) fn set(&mut self, name: &[u8], words: &[&[u8]]) -> Result<(), Vec<u8>> {
        if name
            .iter()
            .any(|byte| byte.is_ascii_whitespace() || *byte == 0)
        {
            return Err(b"ERR Usernames can't contain spaces or null characters".to_vec());
        }
        let rules = rules::joined(words, self.profile == Profile::Redis7_0).map_err(|start| {
            let head = b"ERR Unmatched parenthesis in acl selector starting at '";
            [head, start.as_slice(), b"'."].concat()
        })?;
        let name = String::from_utf8_lossy(name).into_owned();
        let known = self.users.get(&name).cloned();
        let mut user = known.unwrap_or_else(|| User::new(self.profile));
        for rule in rules {
            user.apply(&rule).map_err(|problem| {
                let head = b"ERR Error in ACL SETUSER modifier '";
                [head, rule.as_slice(), b"': ", problem.text().as_bytes()].concat()
            })?;
        }
        self.users.insert(name, user);
        self.look_for_restrictions();
        Ok(())
    }

    fn look_for_restrictions(&mut self) {
        self.restricted = !self.users.values().all(User::may_everything);
    }
}

fn whoami(cx: &mut Cx<'_>) -> Outcome {
    cx.out.text(cx.client.user.as_deref().unwrap_or_default());
    Ok(())
}

fn users(cx: &mut Cx<'_>) -> Outcome {
    cx.out.bulks(cx.state.acl.users.keys());
    Ok(())
}

fn list(cx: &mut Cx<'_>) -> Outcome {
    let profile = cx.state.profile;
    let lines = cx.state.acl.users.iter();
    let lines: Vec<_> = lines.map(|(name, user)| user.line(name, profile)).collect();
    cx.out.bulks(lines);
    Ok(())
}

fn setuser(cx: &mut Cx<'_>) -> Outcome {
    cx.state.acl.set(cx.args[2], &cx.args[3..])?;
    disconnect_listeners(cx, &String::from_utf8_lossy(cx.args[2]));
    cx.out.ok();
    Ok(())
}

/// Ends the connections of a user that listen to channels which the user may not listen to any more.
fn disconnect_listeners(cx: &mut Cx<'_>, name: &str) {
    let Some(user) = cx.state.acl.users.get(name) else {
        return;
    };
    let forbidden = |client: &Client| {
        let mut channels = client.channels.iter().chain(&client.shards);
        client.user.as_deref() == Some(name)
            && !(channels.all(|channel| user.may_listen(channel, false))
                && client
                    .patterns
                    .iter()
                    .all(|pattern| user.may_listen(pattern, true)))
    };
    for client in cx.state.clients.values_mut() {
        if forbidden(client) {
            client.ending = Ending::Now;
            client.wake.notify_one();
        }
    }
    if forbidden(cx.client) {
        cx.client.ending = Ending::AfterReply;
    }
}

fn getuser(cx: &mut Cx<'_>) -> Outcome {
    let name = std::str::from_utf8(cx.args[2]).unwrap_or_default();
    let profile = cx.state.profile;
    let Some(user) = cx.state.acl.users.get(name) else {
        cx.out.null();
        return Ok(());
    };
    let out = &mut cx.out;
    let by_database = profile == Profile::Valkey9_1;
    out.map(if by_database { 7 } else { 6 });
    out.text("flags");
    let flags = user.flags();
    out.set(flags.len());
    flags.iter().for_each(|flag| out.text(flag));
    out.text("passwords");
    out.bulks(&user.passwords);
    let describe = |out: &mut crate::protocol::Reply, selector: &selector::Selector| {
        out.text("commands");
        out.text(&selector.command_rules(profile));
        out.text("keys");
        out.bulk(&selector.key_rules());
        out.text("channels");
        out.bulk(&selector.channel_rules());
        if by_database {
            out.text("databases");
            out.text("alldbs");
        }
    };
    describe(out, &user.root);
    out.text("selectors");
    out.array(user.selectors.len());
    for selector in &user.selectors {
        out.map(if by_database { 4 } else { 3 });
        describe(out, selector);
    }
    Ok(())
}

fn deluser(cx: &mut Cx<'_>) -> Outcome {
    let names: Vec<String> = cx.args[2..]
        .iter()
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    if names.iter().any(|name| name == "default") {
        return Err(Error::new("ERR The 'default' user cannot be removed"));
    }
    let mut removed = 0;
    for name in &names {
        if cx.state.acl.users.remove(name).is_some() {
            removed += 1;
            disconnect(cx, name);
        }
    }
    cx.state.acl.look_for_restrictions();
    cx.out.int(removed);
    Ok(())
}

/// Ends the connections of a user; the own one after its reply.
fn disconnect(cx: &mut Cx<'_>, name: &str) {
    for client in cx.state.clients.values_mut() {
        if client.user.as_deref() == Some(name) {
            client.ending = Ending::Now;
            client.wake.notify_one();
        }
    }
    if cx.client.user.as_deref() == Some(name) {
        cx.client.ending = Ending::AfterReply;
    }
}

fn genpass(cx: &mut Cx<'_>) -> Outcome {
    const RANGE: Error = Error::new(
        "ERR ACL GENPASS argument must be the number of bits for the output password, a positive \
         number up to 4096",
    );
    if cx.len() > 3 {
        return Err(cx.subcommand_error());
    }
    let bits = if cx.len() == 3 { cx.int(2)? } else { 256 };
    let bits = usize::try_from(bits).map_err(|_| RANGE)?;
    if !(1..=4096).contains(&bits) {
        return Err(RANGE);
    }
    let password = cx.state.random.hex(bits.div_ceil(4));
    cx.out.text(&password);
    Ok(())
}

fn cat(cx: &mut Cx<'_>) -> Outcome {
    match cx.len() {
        2 => {
            cx.out.bulks(CATEGORIES);
            Ok(())
        }
        3 => {
            let wanted = cx.arg(2).to_ascii_lowercase();
            let name = CATEGORIES
                .into_iter()
                .find(|name| name.as_bytes() == wanted);
            let name = name.ok_or_else(|| {
                [
                    b"ERR Unknown category '",
                    shown(cx.arg(2), usize::MAX),
                    b"'",
                ]
                .concat()
            })?;
            let profile = cx.state.profile;
            let members = Command::all().filter(|command| {
                profile.has(command) && categories_of(command, profile).contains(&name)
            });
            cx.out
                .bulks(members.map(|command| command.name).collect::<Vec<_>>());
            Ok(())
        }
        _ => Err(cx.subcommand_error()),
    }
}

fn dryrun(cx: &mut Cx<'_>) -> Outcome {
    let name = String::from_utf8_lossy(cx.arg(2)).into_owned();
    let user = cx.state.acl.users.get(&name);
    let user = user.ok_or_else(|| format!("ERR User '{name}' not found"))?;
    let line = &cx.args[3..];
    let command = dispatch::find_any(line)
        .filter(|command| cx.state.profile.has(command))
        .ok_or_else(|| {
            let name = shown(line[0], usize::MAX);
            [b"ERR Command '", name, b"' not found"].concat()
        })?;
    if !cx.state.profile.takes(command, line.len()) {
        return Err(Error::arity(command.name));
    }
    match user.may(command, line) {
        Ok(()) => cx.out.ok(),
        Err(denied) => {
            let text = denied.text(cx.state.profile, &name, command, line);
            cx.out.text(&text);
        }
    }
    Ok(())
}

/// ACL LOAD and SAVE: there is no file.
fn no_file(cx: &mut Cx<'_>) -> Outcome {
    let redis = !cx.state.profile.is_valkey();
    let (product, owner) = if redis {
        ("Redis ", "a Redis")
    } else {
        ("", "a")
    };
    let place = if redis {
        "Redis configuration"
    } else {
        "configuration"
    };
    Err(format!(
        "ERR This {product}instance is not configured to use an ACL file. You may want to specify \
         users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have \
         {owner} configuration file set) in order to store users in the {place}."
    )
    .into())
}
