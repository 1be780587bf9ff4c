//! COMMAND: the command table, as clients read it.

use super::table::commands;
use super::{Command, Cx, Error, Outcome, access, acl, docs, flag, hints, keyspec};
use crate::db::glob;
use crate::profile::Profile;
use crate::protocol::Reply;

commands! {
    "command" -1 [LOADING STALE CONTAINER] (0, 0, 0) "connection" => command;
    "command|count" 2 [LOADING STALE] (0, 0, 0) "connection" => command_count;
    "command|info" -2 [LOADING STALE] (0, 0, 0) "connection" => command_info;
    "command|docs" -2 [LOADING STALE] (0, 0, 0) "connection" => command_docs;
    "command|list" -2 [LOADING STALE] (0, 0, 0) "connection" => command_list;
    "command|getkeys" -4 [LOADING STALE] (0, 0, 0) "connection" => command_getkeys;
    "command|getkeysandflags" -4 [LOADING STALE] (0, 0, 0) "connection" => command_getkeysandflags;
}

/// The commands and subcommands of the server that this one passes for.
fn all(profile: Profile) -> impl Iterator<Item = &'static Command> {
    Command::all().filter(move |command| profile.has(command))
}

/// The commands of the server that this one passes for, without subcommands.
fn top(profile: Profile) -> impl Iterator<Item = &'static Command> {
    all(profile).filter(|command| command.container().is_none())
}

fn command(cx: &mut Cx<'_>) -> Outcome {
    let profile = cx.state.profile;
    let all: Vec<_> = top(profile).collect();
    cx.out.array(all.len());
    all.iter()
        .for_each(|command| describe(&mut cx.out, command, profile));
    Ok(())
}

/// What COMMAND INFO tells about a command.
fn describe(out: &mut Reply, command: &'static Command, profile: Profile) {
    out.array(10);
    out.text(command.name);
    out.int(profile.arity(command).into());
    let flags = flags(command, profile);
    out.set(flags.len());
    flags.iter().for_each(|name| out.simple(name));
    let (first, last, step) = command.keys;
    [first, last, step]
        .into_iter()
        .for_each(|number| out.int(number.into()));
    let categories = acl::categories_of(command, profile);
    out.set(categories.len());
    categories
        .iter()
        .for_each(|name| out.simple(&format!("@{name}")));
    let hints = hints::of(command, profile);
    out.set(hints.len());
    hints.iter().for_each(|hint| out.text(hint));
    keyspec::describe(out, command, profile);
    let children: Vec<_> = if command.has(flag::CONTAINER) {
        command
            .subcommands()
            .filter(|child| profile.has(child))
            .collect()
    } else {
        Vec::new()
    };
    // An empty set, but no set of some: that is how Redis has it.
    match children.len() {
        0 if profile != Profile::Valkey9_1 => out.set(0),
        some => out.array(some),
    }
    children
        .iter()
        .for_each(|child| describe(out, child, profile));
}

/// The names of a command's flags.
fn flags(command: &Command, profile: Profile) -> Vec<&'static str> {
    let flags = command.flags_in(profile);
    let names = flag::NAMES.iter().filter(|(bit, _)| flags & bit != 0);
    let names = names.map(|(_, name)| match *name {
        "skip_slowlog" if profile == Profile::Valkey9_1 => "skip_commandlog",
        name => name,
    });
    names.collect()
}

fn command_count(cx: &mut Cx<'_>) -> Outcome {
    cx.out.count(top(cx.state.profile).count());
    Ok(())
}

fn command_info(cx: &mut Cx<'_>) -> Outcome {
    if cx.len() == 2 {
        return command(cx);
    }
    let profile = cx.state.profile;
    cx.out.array(cx.len() - 2);
    for name in &cx.args[2..] {
        match Command::named(name).filter(|command| profile.has(command)) {
            Some(command) => describe(&mut cx.out, command, profile),
            None => cx.out.null(),
        }
    }
    Ok(())
}

fn command_docs(cx: &mut Cx<'_>) -> Outcome {
    let profile = cx.state.profile;
    let wanted: Vec<&Command> = match &cx.args[2..] {
        [] => top(profile).collect(),
        names => {
            let named = names.iter().filter_map(|name| Command::named(name));
            named.filter(|command| profile.has(command)).collect()
        }
    };
    cx.out.map(wanted.len());
    for command in wanted {
        docs::describe(&mut cx.out, command, profile);
    }
    Ok(())
}

fn command_list(cx: &mut Cx<'_>) -> Outcome {
    let profile = cx.state.profile;
    let names: Vec<&str> = match cx.len() {
        2 => all(profile).map(|command| command.name).collect(),
        5 if cx.is(2, "filterby") => {
            let value = cx.arg(4);
            let keep: Box<dyn Fn(&Command) -> bool> = if cx.is(3, "pattern") {
                Box::new(|command| glob::matches_nocase(value, command.name.as_bytes()))
            } else if cx.is(3, "aclcat") {
                Box::new(|command| {
                    acl::categories_of(command, profile)
                        .iter()
                        .any(|name| name.as_bytes().eq_ignore_ascii_case(value))
                })
            } else if cx.is(3, "module") {
                Box::new(|_| false)
            } else {
                return Err(Error::SYNTAX);
            };
            all(profile)
                .filter(|command| keep(command))
                .map(|command| command.name)
                .collect()
        }
        _ => return Err(Error::SYNTAX),
    };
    cx.out.bulks(names);
    Ok(())
}

/// The keys of a command line in the arguments.
fn keys<'a>(cx: &Cx<'a>) -> Result<(&'static Command, Vec<&'a [u8]>), Error> {
    let line = &cx.args[2..];
    let command = super::dispatch::find_any(line)
        .filter(|command| cx.state.profile.has(command))
        .ok_or(Error::new("ERR Invalid command specified"))?;
    let fixed =
        !keyspec::only_decides(command) && command.keys.0 != 0 || command.has(flag::MOVABLEKEYS);
    if !fixed {
        return Err(Error::new("ERR The command has no key arguments"));
    }
    if !cx.state.profile.takes(command, line.len()) {
        return Err(Error::new(
            "ERR Invalid number of arguments specified for command",
        ));
    }
    let keys = if cx.state.profile == Profile::Valkey9_1 && command.name.starts_with("georadius") {
        Some(keyspec::of_radius(line))
    } else {
        keyspec::keys_of(command, line)
    };
    let keys = match keys {
        None if command.has(flag::NO_MANDATORY_KEYS) => Vec::new(),
        keys => keys.ok_or(Error::new("ERR Invalid arguments specified for command"))?,
    };
    if keys.is_empty() && !command.has(flag::NO_MANDATORY_KEYS) {
        return Err(Error::new("ERR The command has no key arguments"));
    }
    Ok((command, keys.into_iter().map(|index| line[index]).collect()))
}

fn command_getkeys(cx: &mut Cx<'_>) -> Outcome {
    let (_, keys) = keys(cx)?;
    cx.out.bulks(keys);
    Ok(())
}

fn command_getkeysandflags(cx: &mut Cx<'_>) -> Outcome {
    let (command, keys) = keys(cx)?;
    cx.out.array(keys.len());
    for (index, key) in keys.iter().enumerate() {
        let mut flags = access::of(command, &cx.args[2..], index);
        if index == 0 {
            flags = access::in_profile(command, cx.state.profile).unwrap_or(flags);
        }
        cx.out.array(2);
        cx.out.bulk(key);
        cx.out.set(flags.len());
        flags.iter().for_each(|flag| cx.out.simple(flag));
    }
    Ok(())
}
