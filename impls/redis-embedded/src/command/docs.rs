//! COMMAND DOCS: since when a command is there and what arguments it takes, which `redis-cli` shows while one types.
//!
//! The table has what programs go by. Summaries, histories and what a command costs are Redis' prose, and left out.

use super::Command;
use crate::profile::Profile;
use crate::protocol::Reply;

/// A line a command: its name, its first version, its group, whether it is deprecated or of the system, and behind a
/// colon its arguments. Where Valkey has another first version than Redis, that stands behind a bar.
///
/// An argument is a `name:type`, with `TOKEN/` before it if it has one. It is of type string if none is said, which a
/// name with a colon in it says. A pure token is `name=TOKEN`, without a name if that is the token in lower case.
/// `name( … )` has arguments of which there is one, `name{ … }` has a group. Behind it may stand `?` for optional, `*`
/// for several, `+` if each has the token, `@` with its first version, `!` with the one that deprecated it, and `#` with
/// the index of its key specification.
const TABLE: &str = include_str!("docs.txt");
/// What may stand behind an argument.
const SIGNS: [char; 6] = ['?', '*', '+', '@', '!', '#'];

/// An argument, as a word of the table has it, and those within it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Argument {
    name: String,
    kind: &'static str,
    key: Option<i64>,
    token: Option<&'static str>,
    flags: Vec<&'static str>,
    since: Option<&'static str>,
    deprecated: Option<&'static str>,
    within: Vec<Argument>,
}

/// The group of Redis' documentation that a command is in.
pub(super) fn group_of(command: &Command) -> &'static str {
    line_of(command).0.split(' ').nth(1).unwrap_or_default()
}

/// What the table has of a command, before the colon and behind it.
fn line_of(command: &Command) -> (&'static str, &'static str) {
    let line = TABLE
        .lines()
        .find_map(|line| line.strip_prefix(command.name)?.strip_prefix(' '))
        .unwrap_or_default();
    line.split_once(": ").unwrap_or((line, ""))
}

/// Describes a command by its name and what is known of it.
pub(super) fn describe(out: &mut Reply, command: &'static Command, profile: Profile) {
    let (head, arguments) = line_of(command);
    let mut head = head.split(' ');
    let since = head.next().unwrap_or_default();
    let (of_redis, of_valkey) = since.split_once('|').unwrap_or((since, since));
    let since = if profile.is_valkey() {
        of_valkey
    } else {
        of_redis
    };
    let (group, flag, deprecated) = (head.next(), head.next(), head.next());
    let (arguments, _) = arguments_of(&mut arguments.split_whitespace());
    let children = command.subcommands().filter(|child| profile.has(child));
    let children: Vec<_> = children.collect();
    out.text(command.name);
    let pairs = 2 + usize::from(flag.is_some()) + usize::from(deprecated.is_some());
    out.map(pairs + usize::from(!arguments.is_empty()) + usize::from(!children.is_empty()));
    pair(out, "since", since);
    pair(out, "group", group.unwrap_or_default());
    if let Some(flag) = flag {
        out.text("doc_flags");
        out.set(1);
        out.simple(flag);
    }
    optional(out, "deprecated_since", deprecated);
    list(out, &arguments);
    if !children.is_empty() {
        out.text("subcommands");
        out.map(children.len());
        let each = children.into_iter();
        each.for_each(|child| describe(out, child, profile));
    }
}

fn pair(out: &mut Reply, name: &str, value: &str) {
    out.text(name);
    out.text(value);
}

fn optional(out: &mut Reply, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        pair(out, name, value);
    }
}

fn list(out: &mut Reply, arguments: &[Argument]) {
    if !arguments.is_empty() {
        out.text("arguments");
        out.array(arguments.len());
        arguments.iter().for_each(|argument| argument.write(out));
    }
}

impl Argument {
    fn write(&self, out: &mut Reply) {
        let others = [
            self.key.is_some(),
            self.token.is_some(),
            self.since.is_some(),
            self.deprecated.is_some(),
            !self.flags.is_empty(),
            !self.within.is_empty(),
        ];
        out.map(2 + others.into_iter().filter(|there| *there).count());
        pair(out, "name", &self.name);
        pair(out, "type", self.kind);
        if let Some(key) = self.key {
            out.text("key_spec_index");
            out.int(key);
        }
        optional(out, "token", self.token);
        optional(out, "since", self.since);
        optional(out, "deprecated_since", self.deprecated);
        if !self.flags.is_empty() {
            out.text("flags");
            out.set(self.flags.len());
            self.flags.iter().for_each(|flag| out.simple(flag));
        }
        list(out, &self.within);
    }
}

/// The arguments up to the end of the words, or of the brackets that they are in, and what stands behind the bracket.
fn arguments_of<I>(words: &mut I) -> (Vec<Argument>, &'static str)
where
    I: Iterator<Item = &'static str>,
{
    let mut arguments = Vec::new();
    while let Some(word) = words.next() {
        if let Some(suffix) = word.strip_prefix([')', '}']) {
            return (arguments, suffix);
        }
        let opened = word.strip_suffix('(').map(|head| (head, "oneof"));
        let opened = opened.or_else(|| word.strip_suffix('{').map(|head| (head, "block")));
        arguments.push(match opened {
            Some((head, kind)) => {
                let (within, suffix) = arguments_of(words);
                Argument {
                    kind,
                    within,
                    ..Argument::named(head).followed_by(suffix)
                }
            }
            None => Argument::of(word),
        });
    }
    (arguments, "")
}

impl Argument {
    /// An argument without others in it.
    fn of(word: &'static str) -> Argument {
        if let Some((name, rest)) = word.split_once('=') {
            // Some tokens are signs that stand for something else behind others.
            let first = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[first..]
                .find(SIGNS)
                .map_or(rest.len(), |end| first + end);
            let (token, suffix) = rest.split_at(end);
            let name = if name.is_empty() {
                token.to_ascii_lowercase()
            } else {
                name.into()
            };
            let argument = Argument {
                name,
                kind: "pure-token",
                token: Some(token),
                ..Argument::default()
            };
            return argument.followed_by(suffix);
        }
        let (head, suffix) = word.split_at(word.find(SIGNS).unwrap_or(word.len()));
        let (head, kind) = head.rsplit_once(':').unwrap_or((head, "string"));
        Argument {
            kind,
            ..Argument::named(head)
        }
        .followed_by(suffix)
    }

    /// An argument with a name, and perhaps a token before it.
    fn named(head: &'static str) -> Argument {
        let (token, name) = match head.split_once('/') {
            Some((token, name)) => (Some(token), name),
            None => (None, head),
        };
        Argument {
            name: name.into(),
            token,
            ..Argument::default()
        }
    }

    /// The argument with what the signs behind it say.
    fn followed_by(mut self, signs: &'static str) -> Argument {
        let mut rest = signs;
        while let Some(sign) = rest.chars().next() {
            let end = rest[1..].find(SIGNS).map_or(rest.len(), |end| end + 1);
            let value = &rest[1..end];
            match sign {
                '?' => self.flags.push("optional"),
                '*' => self.flags.push("multiple"),
                '+' => self.flags.push("multiple_token"),
                '@' => self.since = Some(value),
                '!' => self.deprecated = Some(value),
                _ => self.key = value.parse().ok(),
            }
            rest = &rest[end..];
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(argument: &Argument) -> String {
        let mut text = format!("{} {}", argument.name, argument.kind);
        for (label, value) in [
            ("token", argument.token),
            ("since", argument.since),
            ("until", argument.deprecated),
        ] {
            text.extend(value.map(|value| format!(" {label} {value}")));
        }
        text.extend(argument.key.map(|key| format!(" key {key}")));
        text.extend(argument.flags.iter().map(|flag| format!(" {flag}")));
        let within: Vec<String> = argument.within.iter().map(shown).collect();
        if !within.is_empty() {
            text.push_str(&format!(" [{}]", within.join(", ")));
        }
        text
    }

    #[test]
    fn words_are_arguments() {
        let line = "key:key#0 GET/pattern:pattern?*+#1 =NX auto=*?@6.2.0!7.0.0 none= data{ which( =A b:double ) }*";
        let (arguments, rest) = arguments_of(&mut line.split(' '));
        let shown: Vec<String> = arguments.iter().map(shown).collect();
        let expected = [
            "key key key 0",
            "pattern pattern token GET key 1 optional multiple multiple_token",
            "nx pure-token token NX",
            "auto pure-token token * since 6.2.0 until 7.0.0 optional",
            "none pure-token token ",
            "data block multiple [which oneof [a pure-token token A, b double]]",
        ];
        assert_eq!(
            (shown.as_slice(), rest),
            (expected.map(String::from).as_slice(), "")
        );
    }

    // Without scripts, the lines of EVAL and its like have no commands.
    #[cfg(feature = "scripts")]
    #[test]
    fn each_command_has_a_line_and_each_line_a_command() {
        let name = |line: &'static str| line.split(' ').next().unwrap_or_default();
        let lines: Vec<&str> = TABLE.lines().map(name).collect();
        let commands: Vec<&str> = Command::all().map(|command| command.name).collect();
        let missing: Vec<_> = commands
            .iter()
            .filter(|name| !lines.contains(name))
            .collect();
        assert!(missing.is_empty(), "no lines for {missing:?}");
        let unknown: Vec<_> = lines
            .iter()
            .filter(|name| !commands.contains(name))
            .collect();
        assert!(unknown.is_empty(), "no commands for {unknown:?}");
    }

    #[test]
    fn each_line_is_well_formed() {
        const KINDS: &str = "block double integer key oneof pattern pure-token string unix-time";
        fn check(line: &str, arguments: &[Argument]) {
            for argument in arguments {
                assert!(KINDS.split(' ').any(|kind| kind == argument.kind), "{line}");
                assert!(
                    !argument.name.contains(SIGNS) && !argument.name.is_empty(),
                    "{line}"
                );
                let nested = matches!(argument.kind, "block" | "oneof");
                assert_eq!(nested, !argument.within.is_empty(), "{line}");
                check(line, &argument.within);
            }
        }
        for line in TABLE.lines() {
            let arguments = line.split_once(": ").map_or("", |(_, arguments)| arguments);
            let mut words = arguments.split_whitespace();
            let (arguments, _) = arguments_of(&mut words);
            assert_eq!(words.next(), None, "{line}");
            check(line, &arguments);
        }
    }
}
