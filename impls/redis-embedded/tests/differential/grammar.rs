//! Random requests from patterns of what commands take.
//!
//! A pattern is words: lower case ones stand for themselves, upper case ones for an argument of a
//! kind. `{a b|c}` is one of several, and `?`, `*` and `+` behind a word or a group mean at most
//! once, up to thrice, and once to thrice. A line is a pattern; several requests that belong
//! together stand between semicolons, and digits before a colon say which servers have the command:
//! 7 and 8 for Redis, 9 for Valkey.

use super::dice::Dice;
use super::values::{JUNK, arguments};
use super::wire::Request;

#[derive(Debug)]
enum Node {
    Word(String),
    Choice(Vec<Vec<Node>>),
    Repeat(Box<Node>, usize, usize),
}

/// A command's pattern, ready for use; some are of several requests.
#[derive(Debug)]
pub(crate) struct Pattern(Vec<Vec<Node>>);

/// All patterns for a server, which a digit stands for, and of some commands only if that is asked.
pub(crate) fn patterns(server: char, only: &str) -> Vec<Pattern> {
    let lines = include_str!("commands.txt").lines();
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let wanted = lines.filter_map(|line| match line.split_once(": ") {
        Some((servers, line)) => servers.contains(server).then_some(line),
        None => Some(line),
    });
    wanted
        .filter(|line| only.split(' ').any(|only| line.starts_with(only)))
        .map(Pattern::parse)
        .collect()
}

impl Pattern {
    fn parse(text: &str) -> Pattern {
        let requests = text.split(" ; ");
        Pattern(
            requests
                .map(|text| sequence(&mut text.chars().peekable()))
                .collect(),
        )
    }

    /// Its requests, now and then one that is not well-formed.
    pub(crate) fn requests(&self, dice: &mut Dice) -> Vec<Request> {
        let alone = self.0.len() == 1;
        let requests = self.0.iter().map(|nodes| {
            let mut request = Vec::new();
            nodes
                .iter()
                .for_each(|node| expand(node, dice, &mut request));
            if alone && dice.roll(24) == 0 {
                spoil(dice, &mut request);
            }
            request
        });
        requests.collect()
    }
}

fn sequence(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<Node> {
    let mut nodes = Vec::new();
    while let Some(&letter) = rest.peek() {
        let mut node = match letter {
            ' ' => {
                rest.next();
                continue;
            }
            '|' | '}' => break,
            '{' => {
                rest.next();
                let mut choices = vec![sequence(rest)];
                while rest.next() == Some('|') {
                    choices.push(sequence(rest));
                }
                Node::Choice(choices)
            }
            _ => {
                let mut word = String::new();
                while let Some(letter) = rest.next_if(|letter| !" {}|?*+".contains(*letter)) {
                    word.push(letter);
                }
                Node::Word(word)
            }
        };
        let range = match rest.peek() {
            Some('?') => Some((0, 1)),
            Some('*') => Some((0, 3)),
            Some('+') => Some((1, 3)),
            _ => None,
        };
        if let Some((least, most)) = range {
            rest.next();
            node = Node::Repeat(Box::new(node), least, most);
        }
        nodes.push(node);
    }
    nodes
}

fn expand(node: &Node, dice: &mut Dice, request: &mut Request) {
    match node {
        Node::Word(word) => {
            let kind = word.chars().all(|letter| letter.is_ascii_uppercase());
            if kind {
                request.extend(arguments(word, dice));
            } else {
                request.push(word.clone().into_bytes());
            }
        }
        Node::Choice(choices) => {
            let choice = dice.roll(choices.len());
            choices[choice]
                .iter()
                .for_each(|node| expand(node, dice, request));
        }
        Node::Repeat(node, least, most) => {
            let times = least + dice.roll(most - least + 1);
            (0..times).for_each(|_| expand(node, dice, request));
        }
    }
}

/// Makes a request wrong in one place.
fn spoil(dice: &mut Dice, request: &mut Request) {
    let at = dice.roll(request.len());
    let mut junk = dice.pick(&JUNK);
    if junk == "*" && request[0] == b"xadd" {
        // An identifier by each server's clock.
        junk = "x";
    }
    // What SPOP takes is chosen by each server, unless it takes everything; and a real server can be a replica.
    let chooses = ["spop", "monitor", "replicaof"]
        .iter()
        .any(|name| request[0] == name.as_bytes());
    if chooses
        || request[0].starts_with(b"b") && !request[0].starts_with(b"bit")
        || request[0] == b"wait"
        || request.iter().any(|arg| arg == b"block")
    {
        // A spoilt time-out may be one without end.
        return;
    }
    match dice.roll(4) {
        0 => {
            request.truncate(at.max(1));
        }
        1 => request.push(junk.into()),
        2 => request.insert(at.max(1), junk.into()),
        _ if at > 0 => request[at] = junk.into(),
        _ => request[0] = format!("no{}", dice.roll(9)).into_bytes(),
    }
}
