//! A set of permissions: which commands, which keys, which channels.

use std::collections::{BTreeMap, HashSet};

use super::categories::{CATEGORIES, categories_of};
use super::rules::{Problem, lower};
use crate::command::Command;
use crate::db::glob;
use crate::profile::Profile;

/// A pattern of keys, and what may be done with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyPattern {
    pub(super) pattern: Vec<u8>,
    pub(super) read: bool,
    pub(super) write: bool,
}

/// What a selector allows.
#[derive(Debug, Clone, Default)]
pub(super) struct Selector {
    allowed: HashSet<&'static str>,
    /// First arguments with which a command is allowed that is not allowed as such.
    pub(super) first_args: BTreeMap<&'static str, Vec<Vec<u8>>>,
    /// Whether commands that come later are allowed.
    pub(super) all_commands: bool,
    /// The rules about commands in the order in which they were given, as far as they still count.
    pub(super) rules: Vec<String>,
    pub(super) all_keys: bool,
    pub(super) keys: Vec<KeyPattern>,
    pub(super) all_channels: bool,
    pub(super) channels: Vec<Vec<u8>>,
    /// By whose commands and categories the rules are understood.
    pub(super) profile: Profile,
}

impl Selector {
    /// Without any permission.
    pub(super) fn new(profile: Profile) -> Selector {
        let mut selector = Selector {
            profile,
            ..Selector::default()
        };
        selector.set_all_commands(false);
        selector
    }

    pub(super) fn everything(profile: Profile) -> Selector {
        let mut selector = Selector::new(profile);
        for rule in ["+@all", "~*", "&*"] {
            // These are well-formed.
            let _ = selector.apply(rule.as_bytes());
        }
        selector
    }

    /// Whether nothing at all is forbidden.
    pub(super) fn is_everything(&self) -> bool {
        self.all_keys && self.all_channels && self.all_commands && self.rules == ["+@all"]
    }

    pub(super) fn has(&self, command: &Command) -> bool {
        self.allowed.contains(command.name)
    }

    /// Whether a command with these arguments is allowed.
    pub(super) fn allows(&self, command: &Command, args: &[&[u8]]) -> bool {
        let first = |firsts: &Vec<Vec<u8>>| {
            let first = args.get(1).copied().unwrap_or_default();
            firsts.iter().any(|known| first.eq_ignore_ascii_case(known))
        };
        self.has(command) || self.first_args.get(command.name).is_some_and(first)
    }

    pub(super) fn allows_key(&self, key: &[u8], (reads, writes): (bool, bool)) -> bool {
        self.all_keys
            || self.keys.iter().any(|known| {
                (known.read || !reads)
                    && (known.write || !writes)
                    && glob::matches(&known.pattern, key)
            })
    }

    /// Whether there is no key that may not be read.
    pub(super) fn reads_everything(&self) -> bool {
        self.all_keys
            || self
                .keys
                .iter()
                .any(|known| known.read && known.pattern == b"*")
    }

    /// Whether a channel is allowed, or a pattern of channels as it stands.
    pub(super) fn allows_channel(&self, channel: &[u8], is_pattern: bool) -> bool {
        self.all_channels
            || self.channels.iter().any(|known| match is_pattern {
                true => known == channel,
                false => glob::matches(known, channel),
            })
    }

    /// Allows or forbids a command with its subcommands.
    pub(super) fn set_command(&mut self, command: &'static Command, allow: bool) {
        for each in std::iter::once(command).chain(command.subcommands()) {
            self.first_args.remove(each.name);
            if allow {
                self.allowed.insert(each.name);
            } else {
                self.allowed.remove(each.name);
            }
        }
    }

    pub(super) fn set_category(&mut self, name: &str, allow: bool) {
        let profile = self.profile;
        let is_member = |command: &&Command| categories_of(command, profile).contains(&name);
        for command in Command::all().filter(is_member) {
            self.first_args.remove(command.name);
            if allow {
                self.allowed.insert(command.name);
            } else {
                self.allowed.remove(command.name);
            }
        }
    }

    pub(super) fn set_all_commands(&mut self, allow: bool) {
        self.allowed.clear();
        self.first_args.clear();
        if allow {
            self.allowed
                .extend(Command::all().map(|command| command.name));
        }
        self.all_commands = allow;
        self.rules = vec![if allow { "+@all" } else { "-@all" }.into()];
    }

    /// Adds a rule.
    pub(super) fn apply(&mut self, rule: &[u8]) -> Result<(), Problem> {
        match lower(rule).as_slice() {
            b"allkeys" | b"~*" => {
                self.all_keys = true;
                self.keys.clear();
            }
            b"resetkeys" => {
                self.all_keys = false;
                self.keys.clear();
            }
            b"allchannels" | b"&*" => {
                self.all_channels = true;
                self.channels.clear();
            }
            b"resetchannels" => {
                self.all_channels = false;
                self.channels.clear();
            }
            b"allcommands" | b"+@all" => self.set_all_commands(true),
            b"nocommands" | b"-@all" => self.set_all_commands(false),
            _ => return self.apply_one(rule),
        }
        Ok(())
    }

    fn apply_one(&mut self, rule: &[u8]) -> Result<(), Problem> {
        match rule {
            [b'~' | b'%', ..] if self.all_keys => Err(Problem::AfterAllKeys),
            [b'~', pattern @ ..] => self.add_key(pattern, true, true),
            [b'%', rest @ ..] => self.add_key_with_flags(rest),
            [b'&', pattern @ ..] => self.add_channel(pattern),
            [sign @ (b'+' | b'-'), b'@', name @ ..] => self.change_category(name, *sign == b'+'),
            [b'+', name @ ..] => self.allow(name),
            [b'-', name @ ..] => {
                let command = self.named(name)?;
                self.set_command(command, false);
                self.note(command.name, '-');
                Ok(())
            }
            _ => Err(Problem::Syntax),
        }
    }

    /// A pattern behind letters for what is allowed, as in `%R~pattern`.
    fn add_key_with_flags(&mut self, rest: &[u8]) -> Result<(), Problem> {
        let end = rest.iter().position(|byte| *byte == b'~');
        let (flags, pattern) = match end {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &rest[rest.len()..]),
        };
        let (mut read, mut write) = (false, false);
        for flag in flags {
            match flag.to_ascii_uppercase() {
                b'R' if !read => read = true,
                b'W' if !write => write = true,
                _ => return Err(Problem::Syntax),
            }
        }
        if !read && !write {
            return Err(Problem::Syntax);
        }
        self.add_key(pattern, read, write)
    }

    fn add_key(&mut self, pattern: &[u8], read: bool, write: bool) -> Result<(), Problem> {
        if has_spaces(pattern) {
            return Err(Problem::Syntax);
        }
        match self.keys.iter_mut().find(|known| known.pattern == pattern) {
            Some(known) => {
                known.read |= read;
                known.write |= write;
            }
            None => self.keys.push(KeyPattern {
                pattern: pattern.to_vec(),
                read,
                write,
            }),
        }
        Ok(())
    }

    fn add_channel(&mut self, pattern: &[u8]) -> Result<(), Problem> {
        if self.all_channels {
            return Err(Problem::AfterAllChannels);
        }
        if has_spaces(pattern) {
            return Err(Problem::Syntax);
        }
        if !self.channels.iter().any(|known| known == pattern) {
            self.channels.push(pattern.to_vec());
        }
        Ok(())
    }

    fn change_category(&mut self, name: &[u8], allow: bool) -> Result<(), Problem> {
        let known = CATEGORIES
            .into_iter()
            .find(|known| name.eq_ignore_ascii_case(known.as_bytes()));
        let name = known.ok_or(Problem::Unknown)?;
        self.set_category(name, allow);
        self.note(&format!("@{name}"), if allow { '+' } else { '-' });
        Ok(())
    }

    /// The command or subcommand of a name, if the server has it.
    fn named(&self, name: &[u8]) -> Result<&'static Command, Problem> {
        let command = Command::named(name).filter(|command| self.profile.has(command));
        command.ok_or(Problem::Unknown)
    }

    /// Allows a command, a subcommand, or a command with a first argument.
    fn allow(&mut self, name: &[u8]) -> Result<(), Problem> {
        let Some(bar) = name.iter().rposition(|byte| *byte == b'|') else {
            let command = self.named(name)?;
            self.set_command(command, true);
            self.note(command.name, '+');
            return Ok(());
        };
        let command = self.named(&name[..bar])?;
        let argument = lower(&name[bar + 1..]);
        if command.container().is_some() {
            return Err(Problem::FirstOfSubcommand);
        }
        if argument.is_empty() {
            return Err(Problem::Syntax);
        }
        if command.subcommands().next().is_some() {
            let command = self.named(name)?;
            self.set_command(command, true);
            self.note(command.name, '+');
        } else {
            let known = self.first_args.entry(command.name).or_default();
            if !known.contains(&argument) {
                known.push(argument.clone());
            }
            let argument = String::from_utf8_lossy(&argument);
            self.note(&format!("{}|{argument}", command.name), '+');
        }
        Ok(())
    }

    /// Keeps a rule, without those before that it makes void.
    fn note(&mut self, name: &str, sign: char) {
        self.rules.retain(|rule| {
            let old = &rule[1..];
            let below = old
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('|'));
            old != name && !below
        });
        self.rules.push(format!("{sign}{name}"));
    }
}

fn has_spaces(pattern: &[u8]) -> bool {
    pattern
        .iter()
        .any(|byte| byte.is_ascii_whitespace() || *byte == 0)
}
