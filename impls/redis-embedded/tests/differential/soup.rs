//! Requests of the words that a command knows, in any order: nearly all of them are wrong, each in another way.

use super::dice::Dice;
use super::wire::Request;

/// The groups of commands that work on data.
const GROUPS: [&str; 10] = [
    "bitmap",
    "generic",
    "geo",
    "hash",
    "hyperloglog",
    "list",
    "set",
    "sorted-set",
    "stream",
    "string",
];

/// Commands that wait, choose at random or in an order of their own, tell of the machine, or let keys expire soon.
const LEFT_OUT: &str = "blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin dump expire hexpire hpexpire hrandfield \
     hscan keys migrate move object pexpire psetex randomkey scan setex spop srandmember sscan wait waitaof xread \
     xreadgroup zrandmember zscan";

/// Words that are none of one command: keys of each type, numbers, and what may be an element, an end or an id.
const WORDS: [&str; 36] = [
    "s0",
    "s1",
    "l0",
    "l1",
    "h0",
    "h1",
    "e0",
    "e1",
    "z0",
    "z1",
    "y0",
    "x0",
    "b0",
    "p0",
    "g0",
    "k0",
    "0",
    "1",
    "2",
    "3",
    "-1",
    "x",
    "99999999999",
    "1.5",
    "",
    "a",
    "b",
    "m",
    "[a",
    "(b",
    "+",
    "-",
    "g1",
    "1-1",
    "km",
    "~",
];

/// The commands, each with its words.
pub(crate) struct Soup(Vec<(Vec<&'static str>, Vec<String>)>);

impl Soup {
    /// Of what the server tells of its commands.
    pub(crate) fn new() -> Soup {
        let lines = include_str!("../../src/command/docs.txt").lines();
        let commands = lines.filter_map(|line| {
            let (head, arguments) = line.split_once(':').unwrap_or((line, ""));
            let head: Vec<&str> = head.split(' ').collect();
            let name: Vec<&str> = head[0].split('|').collect();
            let wanted =
                GROUPS.contains(head.get(2)?) && !LEFT_OUT.split(' ').any(|out| out == name[0]);
            wanted.then(|| (name, tokens(arguments)))
        });
        Soup(commands.collect())
    }

    pub(crate) fn request(&self, dice: &mut Dice) -> Request {
        let (name, tokens) = &self.0[dice.roll(self.0.len())];
        let mut request: Request = name.iter().map(|word| word.as_bytes().to_vec()).collect();
        // The key that comes first in most of them.
        if dice.roll(2) == 0 {
            request.push(dice.pick(&WORDS[..16]).into());
        }
        for _ in 0..dice.roll(8) {
            let word = match dice.roll(2) {
                0 if !tokens.is_empty() => tokens[dice.roll(tokens.len())].as_str(),
                _ => dice.pick(&WORDS),
            };
            request.push(word.into());
        }
        request
    }
}

/// The words that a command knows: `=WORD`, or `WORD/` before what belongs to it. Those of short times are left out.
fn tokens(arguments: &'static str) -> Vec<String> {
    let words = arguments.split([' ', '(', ')', '{', '}', '?', '@']);
    let words = words.filter_map(|word| match word.strip_prefix('=') {
        Some(word) => Some(word),
        None => word.split_once('/').map(|(word, _)| word),
    });
    words
        .map(|word| word.trim_end_matches(['*', '+']).to_ascii_lowercase())
        .filter(|word| word != "ex" && word != "px")
        .collect()
}
