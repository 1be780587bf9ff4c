//! Users as text: what ACL LIST and GETUSER show.

use super::categories::{CATEGORIES, categories_of};
use super::selector::Selector;
use super::user::{Sanitize, User};
use crate::command::Command;
use crate::profile::Profile;

impl User {
    pub(super) fn flags(&self) -> Vec<&'static str> {
        let mut flags = vec![if self.enabled { "on" } else { "off" }];
        flags.extend(self.no_password.then_some("nopass"));
        match self.sanitize {
            Sanitize::Unsaid => {}
            Sanitize::Skip => flags.push("skip-sanitize-payload"),
            Sanitize::Do => flags.push("sanitize-payload"),
        }
        flags
    }

    /// The line of ACL LIST, which as a line of a file would make the same user.
    pub(super) fn line(&self, name: &str, profile: Profile) -> Vec<u8> {
        let mut line = format!("user {name} {}", self.flags().join(" ")).into_bytes();
        for hash in &self.passwords {
            line.extend(format!(" #{hash}").bytes());
        }
        line.push(b' ');
        line.extend(self.root.line(profile));
        for selector in &self.selectors {
            line.extend_from_slice(b" (");
            line.extend(selector.line(profile));
            line.push(b')');
        }
        line
    }
}

impl Selector {
    fn line(&self, profile: Profile) -> Vec<u8> {
        let mut line = self.key_rules();
        if !line.is_empty() {
            line.push(b' ');
        }
        if !self.all_channels {
            line.extend_from_slice(b"resetchannels ");
        }
        let channels = self.channel_rules();
        if !channels.is_empty() {
            line.extend(channels);
            line.push(b' ');
        }
        line.extend(self.command_rules(profile).bytes());
        line
    }

    pub(super) fn key_rules(&self) -> Vec<u8> {
        if self.all_keys {
            return b"~*".to_vec();
        }
        let rules = self.keys.iter().map(|key| {
            let mark: &[u8] = match (key.read, key.write) {
                (true, true) => b"~",
                (true, false) => b"%R~",
                _ => b"%W~",
            };
            [mark, &key.pattern].concat()
        });
        rules.collect::<Vec<_>>().join(&b' ')
    }

    pub(super) fn channel_rules(&self) -> Vec<u8> {
        if self.all_channels {
            return b"&*".to_vec();
        }
        let rules = self
            .channels
            .iter()
            .map(|pattern| [b"&", pattern.as_slice()].concat());
        rules.collect::<Vec<_>>().join(&b' ')
    }

    /// The rules about commands. Redis 7.0 finds them anew from what is allowed; later ones, and
    /// Valkey, remember those that were given.
    pub(super) fn command_rules(&self, profile: Profile) -> String {
        if profile != Profile::Redis7_0 {
            return self.rules.join(" ");
        }
        let commands: Vec<_> = Command::all()
            .filter(|command| profile.has(command))
            .collect();
        let (shown, mut rules) = self.by_categories(&commands);
        self.by_single_commands(&commands, shown, &mut rules);
        rules.join(" ")
    }

    /// The categories that describe best what is allowed, and what they would allow.
    fn by_categories(&self, commands: &[&'static Command]) -> (Selector, Vec<String>) {
        let adds = !self.all_commands;
        let sign = if adds { '+' } else { '-' };
        let mut shown = Selector::new(self.profile);
        shown.set_all_commands(!adds);
        let mut rules = shown.rules.clone();
        let mut left = self.clone();
        let mut free = CATEGORIES.to_vec();
        while let Some(at) = left.best_category(commands, &free, adds) {
            let name = free.remove(at);
            shown.set_category(name, adds);
            left.set_category(name, !adds);
            rules.push(format!("{sign}@{name}"));
        }
        (shown, rules)
    }

    /// The category with the fewest commands that do not fit, and then with the most that do.
    fn best_category(
        &self,
        commands: &[&'static Command],
        free: &[&str],
        adds: bool,
    ) -> Option<usize> {
        let mut best: Option<(usize, usize, usize)> = None;
        for (at, name) in free.iter().enumerate() {
            let (mut fits, mut others) = (0, 0);
            let is_member =
                |command: &&&Command| categories_of(command, self.profile).contains(name);
            for command in commands.iter().filter(is_member) {
                if self.has(command) == adds {
                    fits += 1;
                } else {
                    others += 1;
                }
            }
            let better = best
                .is_none_or(|(_, most, least)| others < least || (others == least && fits > most));
            if fits > others && better {
                best = Some((at, fits, others));
            }
        }
        best.map(|(at, _, _)| at)
    }

    /// The commands for which the categories are wrong.
    fn by_single_commands(
        &self,
        commands: &[&'static Command],
        mut shown: Selector,
        rules: &mut Vec<String>,
    ) {
        for command in commands {
            let allowed = self.has(command);
            if allowed != shown.has(command) {
                shown.set_command(command, allowed);
                let sign = if allowed { '+' } else { '-' };
                rules.push(format!("{sign}{}", command.name));
            }
            for argument in self.first_args.get(command.name).into_iter().flatten() {
                if !allowed {
                    let argument = String::from_utf8_lossy(argument);
                    rules.push(format!("+{}|{argument}", command.name));
                }
            }
        }
    }
}
