//! Which arguments of a request are keys.

mod describe;

pub(super) use describe::describe;

use super::{Command, flag};
use crate::db::number;

/// The places of the keys; none when the arguments do not make sense.
pub(crate) fn keys_of(command: &Command, args: &[&[u8]]) -> Option<Vec<usize>> {
    if !command.has(flag::MOVABLEKEYS) {
        return Some(fixed(command, args.len()));
    }
    if let Some(at) = number_at(command) {
        let destination = (command.keys.0 == 1).then_some(1).into_iter();
        let sources = counted(args, at)?.into_iter();
        // By C's reading, real servers look for the destination last.
        return Some(if is_vague(command, args) {
            sources.chain(destination).collect()
        } else {
            destination.chain(sources).collect()
        });
    }
    match command.name {
        "msetex" => {
            let count = usize::try_from(number::integer(args.get(1)?)?).ok()?;
            let last = count.checked_mul(2)?;
            (count > 0 && last < args.len()).then(|| (2..=last).step_by(2).collect())
        }
        "xread" | "xreadgroup" => streams(args),
        "sort" => {
            let mut keys = vec![1];
            keys.extend(stored(args));
            Some(keys)
        }
        "georadius" | "georadiusbymember" => {
            let start = if command.name == "georadius" { 6 } else { 5 };
            let mut keys = vec![1];
            keys.extend(behind(args, start, b"store"));
            keys.extend(behind(args, start, b"storedist"));
            Some(keys)
        }
        _ => Some(fixed(command, args.len())),
    }
}

/// Whether what stands in the place of a key only decides about the slot: a sharded channel, and a cursor.
pub(crate) fn only_decides(command: &Command) -> bool {
    command.has(flag::PUBSUB) || command.name == "clusterscan"
}

/// Where a command has the number of its keys, which real servers also read as C does.
fn number_at(command: &Command) -> Option<usize> {
    match command.name {
        "zunion" | "zinter" | "zdiff" | "zintercard" | "sintercard" | "lmpop" | "zmpop" => Some(1),
        "eval" | "evalsha" | "eval_ro" | "evalsha_ro" | "fcall" | "fcall_ro" | "blmpop"
        | "bzmpop" | "zunionstore" | "zinterstore" | "zdiffstore" => Some(2),
        _ => None,
    }
}

/// Whether the number of keys is only one to C, as `1.5` is: then a real server knows where they are, and not what is
/// done with them.
pub(super) fn is_vague(command: &Command, args: &[&[u8]]) -> bool {
    let number = number_at(command).and_then(|at| args.get(at));
    let strict = |text| number::integer(text).and_then(|number| i32::try_from(number).ok());
    number.is_some_and(|text| strict(text).is_none())
}

fn fixed(command: &Command, length: usize) -> Vec<usize> {
    let (first, last, step) = command.keys;
    if first == 0 {
        return Vec::new();
    }
    let length = i32::try_from(length).unwrap_or(i32::MAX);
    let last = if last < 0 { length + last } else { last }.min(length - 1);
    let step = usize::try_from(step).unwrap_or(1).max(1);
    (first..=last)
        .step_by(step)
        .filter_map(|index| usize::try_from(index).ok())
        .collect()
}

fn counted(args: &[&[u8]], at: usize) -> Option<Vec<usize>> {
    let count = usize::try_from(leading(args.get(at)?)).ok()?;
    (count > 0 && at + count < args.len()).then(|| (at + 1..=at + count).collect())
}

/// The number that a text begins with, as C's `atoi` reads it: of one that is too large, the lower half is left.
fn leading(text: &[u8]) -> i32 {
    let text = match text.trim_ascii_start() {
        [b'+', rest @ ..] if !rest.starts_with(b"-") => rest,
        text => text,
    };
    let sign = if text.starts_with(b"-") { -1 } else { 1 };
    let number = text[usize::from(sign < 0)..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0i64, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(sign * i64::from(digit - b'0'))
        });
    let [a, b, c, d, ..] = number.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

fn streams(args: &[&[u8]]) -> Option<Vec<usize>> {
    let at = args
        .iter()
        .position(|arg| arg.eq_ignore_ascii_case(b"streams"))?;
    let count = (args.len() - at - 1) / 2;
    (count > 0).then(|| (at + 1..=at + count).collect())
}

/// The key behind the last STORE that no other option of SORT takes for its own.
fn stored(args: &[&[u8]]) -> Option<usize> {
    let (mut at, mut found) = (2, None);
    while at < args.len() {
        match args[at].to_ascii_lowercase().as_slice() {
            b"limit" => at += 2,
            b"get" | b"by" => at += 1,
            b"store" if at + 1 < args.len() => found = Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    found
}

/// The keys of GEORADIUS and its like as Valkey 9 tells them, for which only the last STORE counts.
pub(super) fn of_radius(args: &[&[u8]]) -> Vec<usize> {
    let (mut keys, mut at) = (vec![1], 5);
    while at + 1 < args.len() {
        if args[at].eq_ignore_ascii_case(b"store") || args[at].eq_ignore_ascii_case(b"storedist") {
            keys.truncate(1);
            keys.push(at + 1);
            at += 1;
        }
        at += 1;
    }
    keys
}

/// The key behind the first word of a kind from a place on.
fn behind(args: &[&[u8]], start: usize, word: &[u8]) -> Option<usize> {
    let rest = args.get(start..)?;
    let at = rest.iter().position(|arg| arg.eq_ignore_ascii_case(word))? + start;
    (at + 1 < args.len()).then_some(at + 1)
}
